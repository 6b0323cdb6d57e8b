--- The queue: approved requests in the committee's order.
local text = require('Module:Helpdesk/text')
local base = require('Module:Helpdesk/base')

local get, find, date, user = text.get, text.find, text.date, text.user
local small, is_set, brackets = base.small, base.is_set, text.brackets
local START, WRAP = base.START, base.WRAP

local p = {}

p['queue start'] = function(args)
	local unscored = args.scores == 'no'
	local heads = {}
	local columns = unscored and { 'request', 'not-scored', 'since' } or { 'place', 'request', 'priority', 'scores', 'since' }
	for _, column in ipairs(columns) do
		table.insert(heads, '<th scope="col">' .. get('head-' .. column) .. '</th>')
	end
	local is_empty = args.count == '0'
	return '<div id="helpdesk-' .. (unscored and 'unscored' or 'queue') .. '"' .. text.attributes()
		.. ' style="margin-block-end:1.5em"><h2>' .. get(unscored and 'title-unscored' or 'title-queue')
		.. brackets(text.number(args.count)) .. '</h2>'
		.. (unscored and '' or '<p>' .. get(is_empty and 'queue-none' or 'queue-about') .. '</p>')
		.. '<div style="overflow-x:auto' .. (is_empty and ';display:none' or '')
		.. '"><table class="wikitable helpdesk-table" style="width:100%; ' .. START .. '"><tr>' .. table.concat(heads) .. '</tr>'
end

p['queue end'] = function()
	return '</table></div></div>'
end

--- What stands below it has to wait until something above it is done.
p['queue line'] = function(args)
	return '<tr><td colspan="5" style="border-block-start:3px solid; text-align:center">'
		.. get('queue-line', tonumber(args.capacity) or args.capacity) .. '</td></tr>'
end

--- One request, with who gave which score.
p['queue row'] = function(args)
	-- Where there is little room, a row is a card, and each cell says what it is.
	local function cell(head, value)
		return '<td data-label="' .. mw.text.encode(text.plain('head-' .. head)) .. '">' .. value .. '</td>'
	end
	local about = {}
	local owners = base.people(args, 'requester')
	for _, part in ipairs { owners, base.type_label(args.type), text.apart(args.country or '') } do
		if part ~= '' then
			table.insert(about, part)
		end
	end
	local request = '<td style="min-width:8em; ' .. WRAP .. '"><bdi><b>[[:' .. (args.page or '') .. '|'
		.. (is_set(args.title) and args.title or args.page or '') .. ']]</b></bdi><br>' .. small(table.concat(about, ' · ')) .. '</td>'
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
