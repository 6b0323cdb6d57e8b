--- A request, and what people write on its page: votes, decisions, the form.
local text = require('Module:Helpdesk/text')
local base = require('Module:Helpdesk/base')

local get, find, apart, date, user = text.get, text.find, text.apart, text.date, text.user
local plain, space, comma, colon, brackets = text.plain, text.space, text.comma, text.colon, text.brackets
local config, LINE, START, WRAP, BOX = base.config, base.LINE, base.START, base.WRAP, base.BOX
local is_set, small, item, status, type_label = base.is_set, base.small, base.item, base.status, base.type_label
local field = base.field

local p = {}

--- A text by its key, for pages of people: {{Helpdesk text|key|value|…}}.
function p.text(args)
	return get(args[1] or '', args[2], args[3], args[4], args[5], args[6], args[7])
end

--- Around the words of a page: in which language they are, and on which side they begin.
p['page start'] = function()
	return '<div class="mw-content-' .. text.language():getDir() .. '"' .. text.attributes() .. '>'
end

p['page end'] = function()
	return '</div>'
end

--- The label of a status, or with "category" its category.
function p.status(args)
	local known = config.statuses[mw.ustring.lower(args[1] or '')]
	if args[2] == 'category' then
		return known and known.category or ''
	end
	return status(args[1])
end

--- A vote: support, oppose, abstain or info.
function p.vote(args, frame)
	local recorded = is_set(args['for']) and small(brackets(get('recorded-for', apart(args['for'])))) or ''
	return '<b>' .. get('vote-' .. frame.args[1]) .. '</b>' .. recorded
end

local function reason(args)
	return is_set(args.reason) and space() .. apart(args.reason) or ''
end

function p.decision(args)
	return '<b>' .. get('decision') .. space() .. apart(status(args[1])) .. '</b>' .. reason(args)
end

function p.withdraw(args)
	return '<b>' .. get('withdrawn') .. '</b>' .. reason(args)
end

function p.priority(args)
	local value = args[1] or ''
	return '<b>' .. get('priority') .. space() .. (find('priority-' .. mw.ustring.lower(value)) or apart(value)) .. '</b>'
end

function p.recuse()
	return '<b>' .. get('recuse') .. '</b>'
end

--- A line of the committee.
function p.member(args)
	local who = user(args.user)
	local role = find('role-' .. mw.ustring.lower(args.role or ''), who) or apart(args.role or '')
	local words = { who.shown .. colon() .. role, is_set(args.group) and apart(args.group) or nil }
	base.add_term(words, args)
	for from, till in (args.leave or ''):gmatch('([%d-]+)%s*/%s*([%d-]+)') do
		table.insert(words, get('term-leave', date(from), date(till)))
	end
	return item(table.concat(words, comma()))
end

--- A proposal, and the category of its status where requests can stand.
function p.request(args)
	local head = 'scope="row" style="' .. START .. '; vertical-align:top; width:20%"'
	local rows = {}
	local function row(name, value)
		if is_set(value) then
			table.insert(rows, '<tr><th ' .. head .. '>' .. base.field_label(name) .. '</th><td dir="auto" style="'
				.. WRAP .. '">' .. value .. '</td></tr>')
		end
	end
	local id = is_set(args.status) and args.status or config.first
	local label = is_set(args.status) and '<b>' .. apart(status(id)) .. '</b>' or get('received')
	local since = is_set(args['status since']) and space() .. get('since', date(args['status since'])) or ''
	row('status', label .. since)
	for _, known in ipairs(config.fields) do
		local name, value = known.name, args[known.name]
		if name == 'type' then
			row(name, type_label(value))
		elseif name ~= 'title' and is_set(value) then
			-- Lists and paragraphs begin a line of their own.
			local is_block = value:find('\n', 1, true) or value:find('^%s*[*#:;{]')
			row(name, is_block and '\n' .. value .. '\n' or value)
		end
	end
	local title = is_set(args.title) and args.title or get('untitled')
	local page = mw.title.getCurrentTitle()
	local known = config.statuses[mw.ustring.lower(id)]
	local category = ''
	if known and (page.namespace == 0 or page.namespace == 4 or page.namespace > 15) then
		category = '[[Category:' .. known.category .. '|' .. page.subpageText .. ']]'
	end
	return '<table class="wikitable helpdesk-request"' .. text.attributes() .. ' style="display:table; width:100%; '
		.. START .. '"><tr><th colspan="2" style="' .. START .. '; font-size:115%; ' .. WRAP .. '" dir="auto">' .. title .. '</th></tr>'
		.. table.concat(rows) .. '</table>' .. category
end

--- A form for requests of one type: a name goes in, a page with the fields comes out.
-- It does not ask for the visual editor (`useve`): without JavaScript that address shows no form at all, and words written
-- beside the signature make it `<nowiki>~~</nowiki>`.
function p.form(args, frame)
	local kind, label = args[1] or '', type_label(args[1])
	local request = 'Special:MyLanguage/Template:' .. config.request
	local preload = request .. '/preload' .. (kind == 'by-mail' and ' by mail' or '')
	local box = frame:extensionTag('inputbox', table.concat({
		'type=create', 'prefix=' .. (args[2] or '') .. '/', 'preload=' .. preload, 'preloadparams[]=' .. kind,
		'editintro=' .. request .. '/intro', 'summary=' .. plain('form-summary'), 'placeholder=' .. plain('form-name'),
		'arialabel=' .. plain('form-name') .. colon() .. plain('type-' .. kind), 'buttonlabel=' .. plain('form-button'), 'width=24',
		'break=yes',
	}, '\n'))
	-- As a desk beside this one would have it.
	local examples = is_set(args.examples) and args.examples or config.examples
	local example = is_set(examples) and require('Module:Helpdesk/examples').link_of(examples, kind)
	return '<div style="border:1px solid ' .. LINE .. '; padding:0.75em"' .. text.attributes() .. '><b>' .. label
		.. '</b><div style="margin-block:0.25em 0.5em">' .. (find('form-' .. kind) or '')
		.. (example and '<div class="helpdesk-example" data-type="' .. mw.text.encode(kind) .. '">'
			.. small(get('form-example', example)) .. '</div>' or '') .. '</div>' .. box .. '</div>'
end

--- Why no request can have the name of this page; nil where it can.
local function wrong_name(page)
	if page.exists then
		return 'taken'
	end
	local above, name = page.prefixedText:match('^(.*)/([^/]*)$')
	local intake = mw.title.new(config.intake)
	local parent = above and mw.title.new(above)
	if above and (not (parent and parent.exists) or above:match('^(.*)/[^/]*$') == intake.prefixedText) then
		return 'slash'
	end
	return above and mw.language.isKnownLanguageTag(mw.ustring.lower(name)) and 'language' or nil
end

--- What stands above the text of a new request.
function p.intro()
	local wrong = wrong_name(mw.title.getCurrentTitle())
	local words
	if wrong then
		words = '<b>' .. get('intro-' .. wrong) .. '</b>'
	else
		-- What is needed stands open; the rest is a long list above a small window.
		local needed, rest = {}, {}
		local function add(name, is_required)
			local help = find('help-' .. name)
			if help or is_required then
				local mark = is_required and brackets(get('gadget-required')) or ''
				table.insert(is_required and needed or rest,
					'<li>' .. field(name) .. mark .. (help and colon() .. help or '') .. '</li>')
			end
		end
		for _, known in ipairs(config.fields) do
			if not known.team then
				add(known.name, known.required)
			end
		end
		add('status')
		local function line(key, more)
			return '<li>' .. get('intro-' .. key) .. (more or '') .. '</li>'
		end
		words = '<b>' .. get('intro-fill') .. '</b><ul>' .. line('how')
			.. line('needed', '<ul>' .. table.concat(needed) .. '</ul>') .. line('public') .. line('save') .. '</ul>'
			.. '<div class="mw-collapsible mw-collapsed"><b>' .. get('intro-fields')
			.. '</b><div class="mw-collapsible-content"><ul>' .. table.concat(rest) .. '</ul></div></div>'
	end
	return '<div' .. text.attributes() .. ' style="' .. BOX .. '">' .. words .. '</div>'
end

return p
