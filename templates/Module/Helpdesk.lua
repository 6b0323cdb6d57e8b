--- Draws the pages of the Helpdesk: each of its templates calls the function of its name here, with its own parameters.
local PARTS = {
	data = { 'templatedata' },
	request = { 'text', 'page start', 'page end', 'status', 'vote', 'decision', 'withdraw', 'priority', 'member', 'request', 'form',
		'intro' },
	minutes = { 'meeting', 'item', 'ledger discussed' },
	tables = { 'table start', 'table end', 'row', 'total', 'problem' },
	ledger = { 'ledger start', 'ledger end', 'ledger next', 'ledger condition', 'ledger notice', 'ledger change', 'ledger votes',
		'ledger votes end', 'ledger row', 'ledger chips', 'ledger scores', 'ledger rules', 'ledger rules end' },
	committee = { 'committee start', 'committee end', 'committee role', 'committee person' },
	agenda = { 'agenda start', 'agenda section', 'agenda row', 'agenda section end', 'agenda end' },
	queue = { 'queue start', 'queue end', 'queue row', 'queue line' },
	work = { 'claim', 'release', 'step', 'outcome', 'steps', 'ledger helper', 'ledger steps', 'ledger outcome', 'work start', 'work end',
		'work person', 'work row' },
	flow = { 'flow', 'search', 'flow start', 'flow end', 'flow status', 'flow closed', 'flow way' },
	message = { 'message', 'announcement' },
	figures = { 'figures start', 'figure', 'figures end', 'figures quarters', 'figures bars', 'figures bar', 'figures bars end',
		'figures unknown' },
	examples = { 'examples start', 'examples type', 'example', 'examples type end', 'examples end', 'examples few', 'show', 'hide' },
	rules = { 'rules start', 'rules end', 'rules status', 'rule', 'rule condition' },
}

local export = {}
for part, names in pairs(PARTS) do
	for _, name in ipairs(names) do
		-- A part is read where it is needed: a table has a thousand rows.
		export[name] = function(frame)
			return require('Module:Helpdesk/' .. part)[name](frame:getParent().args, frame)
		end
	end
end
return export
