--- The tables that the bot keeps.
local text = require('Module:Helpdesk/text')
local base = require('Module:Helpdesk/base')

local get, find, apart, date, user = text.get, text.find, text.apart, text.date, text.user
local space, brackets = text.space, text.brackets
local config, START, WRAP = base.config, base.START, base.WRAP
local is_set, is_yes, count, small, difference = base.is_set, base.is_yes, base.count, base.small, base.difference
local cell = base.cell
local status, type_label, votes, waiting = base.status, base.type_label, base.votes, base.waiting

local p = {}

local COLUMNS = {
	types = { 'type', 'open', 'closed', 'total' },
	problems = { 'page', 'wrong' },
	archive = { 'request', 'status', 'votes', 'since', 'country', 'type', 'priority' },
	closed = { 'request', 'status', 'votes', 'since', 'country', 'type', 'priority' },
	requests = { 'request', 'waiting', 'votes', 'since', 'country', 'type', 'priority' },
}

local function table_title(args)
	local of = args.table or ''
	if of == 'archive' then
		local span = (args.year or '') .. (is_set(args.month) and '-' .. args.month or '')
		return is_set(args.part) and get('title-archive-part', span, args.part) or get('title-archive', span)
	elseif of == 'types' or of == 'problems' then
		return get('title-' .. of)
	end
	return find('section-' .. of) or apart(config.statuses[of] and status(of) or args.label or of)
end

p['table start'] = function(args)
	local many = args.table ~= 'types' and is_set(args.count) and brackets(text.number(args.count)) or ''
	local is_empty = args.count == '0'
	local above = '<h2>' .. table_title(args) .. many .. '</h2>' .. (is_empty and '<p>' .. get('none') .. '</p>' or '')
	return base.table_start(args.table or '', above, COLUMNS[args.table] or COLUMNS.requests, is_empty, 'sortable ')
end

p['table end'] = function()
	return base.TABLE_END
end

local PRIORITIES = { high = 8, normal = 5, low = 2 }

--- One request in a table.
function p.row(args)
	local request = { small((base.people(args, 'requester'))) }
	local function note(words)
		table.insert(request, small(words))
	end
	if is_set(args['filed by']) then
		note(get('ledger-filed-by', user(args['filed by'])))
	end
	if base.lacks_assessment(args) then
		note(get('assessment-missing'))
	end
	if is_yes(args.lost) then
		note(get('lost'))
	end
	if is_yes(args.unreadable) then
		note(get('unreadable'))
	end
	if is_set(args.duplicate) then
		local others = {}
		for _, other in ipairs(base.list(args, 'duplicate')) do
			table.insert(others, space() .. apart('[[:' .. other .. ']]'))
		end
		note(get('duplicates') .. table.concat(others))
	end
	local helped = base.helped(args)
	if helped then
		note(helped)
	end
	local missing, many = base.people(args, 'missing')
	local waits = waiting(args)
	if is_set(args.question) then
		waits = waits .. text.colon() .. get('quoted', apart(args.question))
	end
	if many > 0 then
		waits = waits .. '<br>' .. small(get('not-voted', missing, many))
	end
	for _, words in ipairs(base.progress(args)) do
		waits = waits .. '<br>' .. small(words)
	end
	local outcome = is_set(args.outcome) and '<br>' .. small(apart(args.outcome)) or ''
	local is_archived, nowrap = is_yes(args.archive), ' style="white-space:nowrap" data-sort-value="'
	local counted = votes({ support = args.support, oppose = args.oppose, abstain = args.abstain }, '<br>')
	local priority = is_set(args.priority) and base.points(args.priority) or ''
	return table.concat {
		'<tr id="', is_set(args.id) and 'helpdesk-request-' .. args.id or '', '">', base.request_cell(args, request),
		cell(is_archived and 'status' or 'waiting', is_archived and apart(status(args.status)) .. outcome or waits),
		cell('votes', args.waiting == 'answer' and '–' or counted, nowrap .. count(args.support) .. '"'),
		cell('since', date(args.since, 'date-short'), nowrap .. (args.since or '') .. '"'),
		cell('country', args.country or '', ' dir="auto"'), cell('type', type_label(args.type), ' dir="auto"'),
		cell('priority', priority, ' data-sort-value="' .. (tonumber(args.priority) or PRIORITIES[args.priority] or 0) .. '"'), '</tr>',
	}
end

--- How many requests there are of a type.
function p.total(args)
	local open, closed = count(args.open), count(args.closed)
	return '<tr><th scope="row" style="' .. START .. '; font-weight:normal" dir="auto">'
		.. (is_set(args.type) and type_label(args.type) or '–') .. '</th><td>' .. text.number(open) .. '</td><td>'
		.. text.number(closed) .. '</td><td>' .. text.number(open + closed) .. '</td></tr>'
end

--- What needs a person, and what to do.
function p.problem(args)
	local kind, detail = args.kind or '', is_set(args.detail) and args.detail
	local what = find('problem-' .. kind) or (detail and '' or get('problem-other') .. space() .. apart(kind))
	local value = tonumber(args.value) or apart(args.value or '')
	local cause = is_set(args.cause) and (find('cause-' .. args.cause, value) or apart(args.cause))
	local todo = find('todo-' .. kind, '<code>&#123;&#123;' .. config.templates.decision .. '&#125;&#125;</code>') or get('todo-other')
	return '<tr><td dir="auto" style="width:35%; ' .. WRAP .. '">'
		.. (is_set(args.page) and '[[:' .. args.page .. '|' .. args.page .. ']]' or '–') .. '</td><td style="' .. WRAP .. '">' .. what
		.. (detail and '<div dir="auto"><i>' .. detail .. '</i></div>' or '')
		.. (cause and '<div>' .. cause .. '</div>' or '')
		.. (is_set(args.revision) and small(brackets(difference(args.revision))) or '')
		.. '<div style="margin-block-start:0.5em"><b>' .. get('notice-required') .. '</b> ' .. todo .. '</div></td></tr>'
end

return p
