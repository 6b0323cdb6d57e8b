--- The queue: approved requests in the committee's order.
local text = require('Module:Helpdesk/text')
local base = require('Module:Helpdesk/base')

local get, date, brackets = text.get, text.date, text.brackets
local small, is_set, cell = base.small, base.is_set, base.cell

local p = {}

p['queue start'] = function(args)
	local unscored = args.scores == 'no'
	local columns = unscored and { 'request', 'not-scored', 'since' } or { 'place', 'request', 'priority', 'scores', 'since' }
	local is_empty = args.count == '0'
	local above = '<h2>' .. get(unscored and 'title-unscored' or 'title-queue') .. brackets(text.number(args.count)) .. '</h2>'
		.. (unscored and '' or '<p>' .. get(is_empty and 'queue-none' or 'queue-about') .. '</p>')
	return base.table_start(unscored and 'unscored' or 'queue', above, columns, is_empty)
end

p['queue end'] = function()
	return base.TABLE_END
end

--- What stands below it has to wait until something above it is done.
p['queue line'] = function(args)
	return '<tr><td colspan="5" style="border-block-start:3px solid; text-align:center">'
		.. get('queue-line', tonumber(args.capacity) or args.capacity) .. '</td></tr>'
end

--- One request, with who gave which score.
p['queue row'] = function(args)
	local request = base.request_cell(args, { base.about(args) })
	local since = cell('since', date(args.since, 'date-short'))
	if not is_set(args.place) then
		return '<tr>' .. request .. cell('not-scored', (base.people(args, 'missing'))) .. since .. '</tr>'
	end
	local points = '<b>' .. base.points(args.priority) .. '</b>'
	if is_set(args.mean) then
		points = points .. '<br>' .. small(get('queue-mean', text.number(args.mean)))
	end
	local scores = base.scores(args)
	if is_set(args.apart) then
		scores = scores .. '<br>' .. small('⚠ ' .. get('queue-apart'))
	end
	return '<tr>' .. cell('place', text.number(args.place)) .. request .. cell('priority', points) .. cell('scores', scores) .. since
		.. '</tr>'
end

return p
