--- What the parts of the Helpdesk's pages have in common. What the bot writes is data; the words are in Module:Helpdesk/text.
local text = require('Module:Helpdesk/text')
local config = mw.loadJsonData('Module:Helpdesk/config.json')

local get, find, apart, date, user = text.get, text.find, text.apart, text.date, text.user
local colon, brackets = text.colon, text.brackets

local base = {
	config = config,
	CHOICES = { 'support', 'oppose', 'abstain', 'info' },
	-- Colours of the skin, also in its dark mode.
	LINE = 'var(--border-color-base,#a2a9b1)',
	START = 'text-align:start',
	WRAP = 'overflow-wrap:anywhere',
	TABLE_END = '</table></div></div>',
}
base.CHIP = 'display:inline-block; padding:0.1em 0.6em; border:1px solid ' .. base.LINE .. '; border-radius:1em'
base.BOX = 'border:1px solid ' .. base.LINE .. '; border-inline-start-width:4px; padding:0.5em 1em; margin-block:1em'

--- Whether a parameter says something.
function base.is_set(value)
	return value ~= nil and value ~= ''
end

function base.is_yes(value)
	return value == 'yes'
end

--- A number of votes; 0 where none is given.
function base.count(value)
	return tonumber(value) or 0
end

function base.small(words)
	return '<small>' .. words .. '</small>'
end

function base.item(words)
	return '<ul style="margin-block:0"><li>' .. words .. '</li></ul>'
end

function base.difference(revision, words)
	return '[[Special:Diff/' .. revision .. '|' .. (words or get('difference')) .. ']]'
end

--- A reference to an edit behind a sentence; nothing where there is none.
function base.by_edit(revision)
	return base.is_set(revision) and brackets(base.difference(revision)) or ''
end

--- A name of another desk's as words.
local function as_words(name)
	return mw.language.getContentLanguage():ucfirst((mw.ustring.gsub(name, '[-_]', ' ')))
end

--- The label of a field.
function base.field_label(name)
	return find('field-' .. name) or apart(as_words(name))
end

--- The label of a status. The wiki's own label goes before a translation of the one that comes with the bot.
function base.status(id)
	local known = config.statuses[mw.ustring.lower(id or '')]
	if not known then
		return as_words(id or '')
	end
	return known.own and known.label or find('status-' .. mw.ustring.lower(id)) or known.label
end

function base.type_label(value)
	return base.is_set(value) and (find('type-' .. mw.ustring.lower(value)) or value) or ''
end

--- The name of a country by its code (ISO 3166, two letters).
function base.country(code)
	local names = mw.loadJsonData('Module:Helpdesk/countries.json')
	return text.first(function(language) return names[language] and names[language][code] end) or code or ''
end

--- The name of a continent.
function base.continent(id)
	return find('continent-' .. (id or '')) or id or ''
end

--- The name of a field, as readers see it and as it stands in the wikitext.
function base.field(name)
	name = name or ''
	return '<b>' .. base.field_label(name) .. '</b> (<code>' .. name .. '</code>)'
end

--- The values of a list: name, name 2, name 3 and so on.
function base.list(args, name)
	local values = {}
	local value = args[name]
	while base.is_set(value) do
		table.insert(values, value)
		value = args[name .. ' ' .. #values + 1]
	end
	return values
end

--- Who is named, with a link where that can be the name of an account.
function base.account(words)
	local name = mw.text.trim(mw.text.decode(words or '')):gsub('^[Uu]ser:', '')
	local can_be_one = name:find('^[^%[%]{}|<>#/:;,]+$')
	return can_be_one and user(mw.text.nowiki(name)) or { name = '', shown = apart(words or '') }
end

--- The people of such a list.
function base.people(args, name)
	local shown = {}
	for _, who in ipairs(base.list(args, name)) do
		table.insert(shown, user(who).shown)
	end
	return table.concat(shown, text.comma()), #shown
end

--- Adds from when and until when somebody is in office, as far as that is known.
function base.add_term(words, args)
	if base.is_set(args.from) then
		table.insert(words, get('term-from', date(args.from)))
	end
	if base.is_set(args['until']) then
		table.insert(words, get('term-until', date(args['until'])))
	end
end

--- The day of a meeting, with a link to its minutes.
function base.meeting(args)
	local page, day = args['minutes page'], date(args.meeting)
	return base.is_set(page) and '[[:' .. page .. '|' .. day .. ']]' or day
end

--- The place of a rule on the page of rules.
function base.rule_anchor(name)
	return 'rule-' .. mw.text.decode(name):gsub('^[%s%p]+', ''):gsub('[%s%p]+$', ''):gsub('[%s%p]+', '-')
end

--- The name of a rule, with a link to what it says.
function base.rule(name)
	local shown = apart(name)
	return base.is_set(config.rules) and '[[' .. config.rules .. '#' .. base.rule_anchor(name) .. '|' .. shown .. ']]' or shown
end

--- Who or what set a status, and why. `link` shows an account.
function base.set_by(args, link)
	local by = base.is_set(args.rule) and get('ledger-by-rule', base.rule(args.rule))
		or base.is_set(args.meeting) and get('ledger-by-meeting', base.meeting(args))
		or base.is_set(args.user) and get('ledger-by-person', link(args.user))
		or args.by == 'person' and get('ledger-by-somebody')
	local why = base.is_set(args.reason) and colon() .. get('quoted', apart(args.reason)) or ''
	return (by and text.comma() .. by or '') .. base.by_edit(args.revision) .. why
end

--- A link that opens an editor below a page, with what a template has ready, such as the signature, in it; `value` is filled
--- into that.
function base.writing(page, template, value, words)
	local url = page:fullUrl {
		action = 'edit', section = 'new', nosummary = 1, preload = 'Template:' .. template .. '/preload', ['preloadparams[]'] = value,
	}
	return '[' .. tostring(url) .. ' ' .. words .. ']'
end

--- Links in a row, for whoever has no gadget; that has buttons in their place.
function base.links(words, links)
	return '<div class="helpdesk-links plainlinks noprint">' .. (words and words .. colon() or '') .. table.concat(links, ' · ')
		.. '</div>'
end

--- Opens a table below a heading and what else is said above it. Where it has no rows, only that is shown.
function base.table_start(id, above, columns, is_empty, class)
	local heads = {}
	for _, column in ipairs(columns) do
		table.insert(heads, '<th scope="col">' .. get('head-' .. column) .. '</th>')
	end
	return '<div id="helpdesk-' .. id .. '"' .. text.attributes() .. ' style="margin-block-end:1.5em">' .. above
		.. '<div style="overflow-x:auto' .. (is_empty and ';display:none' or '') .. '"><table class="wikitable ' .. (class or '')
		.. 'helpdesk-table" style="width:100%; ' .. base.START .. '"><tr>' .. table.concat(heads) .. '</tr>'
end

--- A cell of a table. Where there is little room, a row is a card, and each cell says what it is.
function base.cell(head, value, attributes)
	return '<td data-label="' .. mw.text.encode(text.plain('head-' .. head)) .. '"' .. (attributes or '') .. '>' .. value .. '</td>'
end

--- The first cell of a request's row: its title, then in small letters what is known of it.
function base.request_cell(args, about)
	return '<td style="min-width:8em; ' .. base.WRAP .. '"><bdi><b>[[:' .. (args.page or '') .. '|'
		.. (base.is_set(args.title) and args.title or args.page or '') .. ']]</b></bdi><br>'
		.. table.concat(about, '<br>') .. '</td>'
end

--- Whose request it is, of which type, and from where, in one line.
function base.about(args)
	local about, country = {}, base.is_set(args.country) and apart(args.country) or ''
	for _, part in ipairs { (base.people(args, 'requester')), base.type_label(args.type), country } do
		if part ~= '' then
			table.insert(about, part)
		end
	end
	return base.small(table.concat(about, ' · '))
end

--- Who helps; nil where nobody does.
function base.helped(args)
	local names, many = base.people(args, 'helper')
	return many > 0 and get('helped-by', names, many) or nil
end

function base.steps_of(done, all)
	return get('steps-of', tonumber(done) or 0, tonumber(all) or 0)
end

--- The next step, with who does it and by when; nil where there is none.
function base.next_step(args)
	local about = {}
	if base.is_set(args['next who']) then
		table.insert(about, base.account(args['next who']).shown)
	end
	if base.is_set(args['next due']) then
		table.insert(about, get('step-due', date(args['next due'])))
	end
	return base.is_set(args['next step'])
		and apart(args['next step']) .. (about[1] and brackets(table.concat(about, text.comma())) or '') or nil
end

--- The steps whose day is over; nil where there are none.
function base.overdue(args)
	local names = base.list(args, 'overdue')
	for n, name in ipairs(names) do
		names[n] = apart(name)
	end
	return names[1] and '<b>⚠ ' .. get('steps-overdue', table.concat(names, text.comma()), #names) .. '</b>' or nil
end

--- How far the steps are, which one is next and which are late, in lines; empty where there are none.
function base.progress(args)
	if not base.is_set(args.steps) then
		return {}
	end
	local next_step = base.next_step(args)
	local lines = { get('steps-so-far', base.steps_of(args['steps done'], args.steps)) }
	table.insert(lines, next_step and get('steps-next', next_step))
	table.insert(lines, base.overdue(args))
	return lines
end

--- How many votes there are.
function base.total(args)
	local sum = 0
	for _, choice in ipairs(base.CHOICES) do
		sum = sum + base.count(args[choice])
	end
	return sum
end

--- A score: a number, or the word of an older version.
function base.points(value)
	return tonumber(value) and text.number(value) or find('priority-' .. (value or '')) or value or ''
end

--- Who gave which score: by and score are lists.
function base.scores(args)
	local by, shown = base.list(args, 'by'), {}
	for place, points in ipairs(base.list(args, 'score')) do
		table.insert(shown, user(by[place]).shown .. text.space() .. base.points(points))
	end
	return table.concat(shown, text.comma())
end

--- Numbers of votes in words.
function base.votes(args, separator)
	local parts = {}
	for _, choice in ipairs(base.CHOICES) do
		local n = base.count(args[choice])
		if n > 0 or choice == 'support' or choice == 'oppose' then
			table.insert(parts, get('votes-' .. choice, n))
		end
	end
	return base.total(args) == 0 and get('none-yet') or table.concat(parts, separator)
end

local AMOUNTS = { ['quorum'] = true, ['support-at-least'] = true, ['oppose-at-least'] = true }
local SHARES = { ['support-share'] = true, ['oppose-share'] = true, ['quorum-share'] = true }
local FLAGS = { ['complete'] = true, ['info-wanted'] = true, ['all-voted'] = true, ['answered'] = true, ['assessed'] = true,
	['discussed'] = true, ['claimed'] = true, ['steps-done'] = true, ['outcome'] = true }
local TIMES = { ['open-for'] = true, ['settled-for'] = true, ['idle-for'] = true }

function base.so_far(words)
	return brackets(get('so-far', words))
end

--- How many steps are done, such as 3/7, in words; nothing where there are none.
local function steps_so_far(share)
	local done, all = (share or ''):match('^(%d+)/(%d+)$')
	return done and base.so_far(base.steps_of(done, all)) or ''
end

--- Whether the team has still to fill in its fields before the committee decides. A question needs no assessment.
function base.lacks_assessment(args)
	local known = config.statuses[args.status or '']
	local is_open = args.status == config.first or known and known.votable
	return args.assessed == 'no' and is_open and args.waiting ~= 'answer'
end

--- What a request is waiting for: a code with the numbers that belong to it.
function base.waiting(args)
	local code, have, need = args.waiting or '', tonumber(args.have), tonumber(args.need)
	local key = 'wait-' .. code
	if code == 'person' then
		return find('wait-person-' .. (args.status or '')) or get(key)
	end
	if code == '' then
		return ''
	elseif code == 'deadlock' then
		return get(key, have or 0, need or 0)
	elseif AMOUNTS[code] then
		return have and need and need > have and get(key, need - have, need) or get(key .. '-plain')
	elseif SHARES[code] then
		return get(key, text.percent(args.need)) .. (base.is_set(args.have) and base.so_far(text.percent(args.have)) or '')
	elseif code == 'all-voted' then
		local of = base.is_set(args.need) and '/' .. text.number(args.need) or ''
		return get(key) .. (base.is_set(args.have) and base.so_far(text.number(args.have) .. of) or '')
	elseif code == 'steps-done' then
		return get(key) .. steps_so_far(args.have)
	elseif TIMES[code] then
		return base.is_set(args['until']) and get(key, date(args['until'])) or get(key .. '-plain')
	end
	return find(key, user(args.requester)) or code
end

--- What a request is waiting for as a sentence, with more about it.
function base.waits(args, about)
	if args.waiting == 'open-for' or args.waiting == 'nothing' then
		return text.language():ucfirst(base.waiting(args)) .. (about or '')
	end
	return get('ledger-waiting') .. text.space() .. base.waiting(args) .. (about or '')
end

--- One condition of a rule, and how far it is met.
function base.condition(args)
	local code, need = args.condition or '', mw.ustring.lower(args.need or '')
	local key = 'cond-' .. code
	local has_have = base.is_set(args.have)
	if FLAGS[code] then
		local words = get(key .. ((need == 'no' or need == 'false' or need == 'not') and '-not' or ''))
		local of = tonumber(need) and '/' .. text.number(need) or ''
		return words .. (code == 'all-voted' and has_have and base.so_far(text.number(args.have) .. of) or '')
			.. (code == 'steps-done' and steps_so_far(args.have) or '')
	elseif AMOUNTS[code] then
		return get(key, tonumber(need) or need) .. (has_have and base.so_far(text.number(args.have)) or '')
	elseif SHARES[code] then
		return get(key, text.percent(args.need)) .. (has_have and base.so_far(text.percent(args.have)) or '')
	elseif TIMES[code] then
		local how_long = base.is_set(args.need) and colon() .. text.duration(args.need) or ''
		return get(key) .. how_long .. (base.is_set(args['until']) and brackets(get('cond-date', date(args['until']))) or '')
	elseif code == 'type' and base.is_set(args.need) then
		local labels = {}
		for kind in mw.text.gsplit(args.need, ',%s*') do
			table.insert(labels, apart(base.type_label(kind)))
		end
		return get(key) .. colon() .. table.concat(labels, text.comma())
	end
	return (find(key) or code) .. (base.is_set(args.need) and colon() .. apart(args.need) or '')
end

--- A link to a page, here or on another wiki, whose name may be written with or without its namespace, and its title; the words
-- as they are where it is no name.
function base.link_to(written, namespace)
	local name = mw.text.decode(written)
	local title = mw.title.new(name)
	if not (title and title.isExternal) then
		title = mw.title.new(name, namespace)
	end
	return apart(title and '[[:' .. title.prefixedText .. ']]' or written), title
end

--- What came of a request besides the sentence, each as words: numbers, where it is.
function base.came_of(args)
	local words = {}
	for _, kind in ipairs { 'files', 'items' } do
		if base.is_set(args[kind]) then
			table.insert(words, get('outcome-' .. kind, tonumber(args[kind]) or apart(args[kind])))
		end
	end
	if base.is_set(args.category) then
		table.insert(words, (base.link_to(args.category, 14)))
	end
	if base.is_set(args.link) then
		-- Some signs that an address may have mean something else to the wiki.
		local url = mw.text.decode(args.link):gsub("'", '%%27'):gsub('__', '_%%5F')
		local host = url:match('^https?://([^%s/?#%[%]<>"{}|]+)[^%s%[%]<>"{}|]*$')
		table.insert(words, host and '[' .. url .. ' ' .. host .. ']' or apart(args.link))
	end
	return words
end

--- What the bot wrote in its block of that name on a page; nothing where there is none. The page that is shown is drawn anew when
-- that one changes.
function base.block(page, name)
	local title = base.is_set(page) and mw.title.new(mw.text.decode(page))
	local all = title and title:getContent() or ''
	local function marker(which)
		return all:find('<!-- helpdesk:' .. which .. ' ' .. name .. ' -->', 1, true)
	end
	local _, from = marker('begin')
	local till = marker('end')
	return from and till and all:sub(from + 1, till - 1) or ''
end

--- The values of a call as the bot wrote it, without its braces and name.
function base.values(call)
	local values = {}
	for name, value in call:gmatch('([^|=]+)=([^|]*)') do
		values[name] = value
	end
	return values
end

return base
