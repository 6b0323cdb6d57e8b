--- The agenda of the committee's next meeting.
local text = require('Module:Helpdesk/text')
local base = require('Module:Helpdesk/base')

local get, find, apart, date, plain = text.get, text.find, text.apart, text.date, text.plain
local small, is_set, brackets, colon, space = base.small, base.is_set, text.brackets, text.colon, text.space

local p = {}

--- What the page is, and the button with which the next minutes begin.
p['agenda start'] = function(args, frame)
	local words = { '<p>' .. get('agenda-about') .. '</p>' }
	if is_set(args.last) then
		table.insert(words, '<p>' .. get('agenda-last', date(args.last)) .. '</p>')
	end
	if is_set(args.form) and is_set(args.meetings) then
		local meetings, form = mw.text.decode(args.meetings), mw.text.decode(args.form)
		local box = frame:extensionTag('inputbox', table.concat({
			'type=create', 'prefix=' .. meetings .. '/', 'preload=' .. form, 'placeholder=2026-12-31', 'width=12',
			'arialabel=' .. plain('agenda-date'), 'buttonlabel=' .. plain('agenda-button'), 'summary=' .. plain('agenda-summary'),
			'break=no',
		}, '\n'))
		table.insert(words, '<div style="' .. base.BOX .. '"><b>' .. get('agenda-minutes') .. '</b><div>' .. get('agenda-minutes-about')
			.. '</div>' .. box .. '[[Special:PrefixIndex/' .. meetings .. '/|' .. get('agenda-earlier') .. ']]</div>')
	end
	if args.count == '0' then
		table.insert(words, '<p>' .. get('agenda-none') .. '</p>')
	end
	return '<div class="helpdesk-agenda"' .. text.attributes() .. '>' .. table.concat(words)
end

p['agenda end'] = function()
	return '</div>'
end

--- Why the requests below it are there, and what is asked of the meeting.
p['agenda section'] = function(args)
	local reason = args.reason or ''
	return '<h2>' .. (find('agenda-' .. reason) or apart(reason)) .. brackets(text.number(args.count)) .. '</h2><p>'
		.. (find('agenda-' .. reason .. '-ask') or '') .. '</p><ul>'
end

p['agenda section end'] = function()
	return '</ul>'
end

--- What the status page says of a request; this page is drawn anew when that one changes.
local function row_of(args)
	local rows = base.block(args.of, 'status')
	local line = is_set(args.id) and (rows:match('{{Helpdesk row|([^{}\n]*|id=' .. args.id .. ')}}')
		or rows:match('{{Helpdesk row|([^{}\n]*|id=' .. args.id .. '|[^{}\n]*)}}'))
	if not line then
		return args
	end
	local row = base.values(line)
	row.reason, row.meetings = args.reason, args.meetings
	return row
end

--- One request.
p['agenda row'] = function(frame_args)
	local args = row_of(frame_args)
	local about = {}
	local function add(words)
		if words ~= '' then
			table.insert(about, words)
		end
	end
	add((base.people(args, 'requester')))
	add(base.type_label(args.type))
	add(apart(args.country or ''))
	add(is_set(args.filed) and get('agenda-filed', date(args.filed)) or '')
	local lines = { '<b>[[:' .. (args.page or '') .. '|' .. apart(is_set(args.title) and args.title or args.page) .. ']]</b> ',
		small(table.concat(about, ' · ')) }
	local function line(words)
		table.insert(lines, '<br>' .. words)
	end
	if args.reason ~= 'answered' then
		local waits = is_set(args.question) and base.waiting(args) .. colon() .. get('quoted', apart(args.question))
			or base.waiting(args)
		line('<b>' .. apart(base.status(args.status)) .. '</b>' .. space() .. get('since', date(args.since))
			.. (waits ~= '' and '. ' .. get('ledger-waiting') .. space() .. waits or '')
			.. (is_set(args['asked by']) and brackets(text.user(args['asked by']).shown) or ''))
		if base.total(args) > 0 then
			line(get('ledger-votes') .. space() .. base.votes(args, text.comma()))
		end
		local helped = base.helped(args)
		if helped then
			line(helped)
		end
		for _, words in ipairs(base.progress(args)) do
			line(words)
		end
		local missing, many = base.people(args, 'missing')
		if many > 0 then
			line(get('not-voted', missing, many))
		end
		if base.lacks_assessment(args) then
			line(get('assessment-missing'))
		end
	end
	if is_set(args.meetings) then
		line('<b>' .. get('agenda-meetings', tonumber(args.meetings) or args.meetings) .. '</b>')
	end
	return '<li style="margin-block-end:0.5em">' .. table.concat(lines) .. '</li>'
end

return p
