--- What people are told on their talk pages. The bot saves it with "subst:", so it is wikitext that stays as it is: without
-- templates, and in the language of whoever it is for.
local text = require('Module:Helpdesk/text')
local base = require('Module:Helpdesk/base')

local get, find, apart, date, space = text.get, text.find, text.apart, text.date, text.space
local config, is_set, small = base.config, base.is_set, base.small

local p = {}

--- An account. A link to its talk page tells nobody that they are spoken of, as one to its user page would.
local function person(name)
	if name == '' then
		return text.user(name)
	end
	return { name = mw.text.decode(name), shown = apart('[[User talk:' .. name .. '|' .. name .. ']]') }
end

local function people(args, name)
	local names = base.list(args, name)
	for n, who in ipairs(names) do
		names[n] = person(who).shown
	end
	return table.concat(names, text.comma()), #names
end

local function link(page, title)
	return apart('[[:' .. (page or '') .. '|' .. (is_set(title) and title or page or '') .. ']]')
end

local function request(args)
	return link(args.request, args.title)
end

--- A link that opens an editor for an answer.
local function answer(args, key)
	return base.writing(mw.title.new(mw.text.decode(args.request)), 'Helpdesk answer', nil, get(key))
end

--- The fields that are missing or wrong, and a link that opens them.
local function fields(args)
	local names = base.list(args, 'field')
	for n, name in ipairs(names) do
		names[n] = base.field(name)
	end
	local url = mw.title.new(mw.text.decode(args.request)):fullUrl { action = 'edit', section = 0 }
	return table.concat(names, text.comma()), #names, '[' .. tostring(url) .. ' ' .. get('message-fill-in') .. ']'
end

--- Requests in a list, each with how long it waits, and how many more there are.
local function waiting(args, name, more)
	local lines = {}
	for n, page in ipairs(base.list(args, name)) do
		local function about(what)
			return args[name .. ' ' .. what .. (n > 1 and ' ' .. n or '')]
		end
		local since = is_set(about('since')) and text.brackets(get('since', date(about('since')))) or ''
		table.insert(lines, '* ' .. link(page, about('title')) .. since)
	end
	local others = base.count(args[more])
	if others > 0 then
		table.insert(lines, '* ' .. get('message-more', others, config.status))
	end
	return lines, #base.list(args, name) + others
end

--- What each kind of messages says: paragraphs and lists. `say` gives a text of messages; its first value is who it is for, so
-- that words can go by their gender.
local KINDS = {}

function KINDS.received(args, say)
	local names, many, edit = fields(args)
	if many > 0 then
		return { say('received-missing', request(args), names, many) .. space() .. edit, say('follow') }
	end
	return { say('received', request(args)) .. (is_set(args.waiting) and space() .. base.waits(args) or ''), say('follow') }
end

function KINDS.missing(args, say)
	local names, many, edit = fields(args)
	return { say('missing', request(args), names, many) .. space() .. edit }
end

function KINDS.question(args, say)
	local lines = {}
	local function asked(what)
		return args[what .. (lines[1] and ' ' .. #lines + 1 or '')] or ''
	end
	-- A question may have no words, and the wiki may hide who asked it.
	while asked('user') .. asked('question') ~= '' do
		local words = is_set(asked('question')) and text.colon() .. get('quoted', apart(asked('question'))) or ''
		table.insert(lines, '* ' .. person(asked('user')).shown .. words)
	end
	table.insert(lines, 1, say('question', request(args), #lines))
	return { table.concat(lines, '\n'), answer(args, 'act-answer') .. base.by_edit(args.revision), say('question-edit') }
end

function KINDS.status(args, say)
	local lines = { say('status', request(args), '<b>' .. apart(base.status(args.status)) .. '</b>') .. base.set_by(args, person) }
	if is_set(args.outcome) then
		table.insert(lines, get('outcome') .. space() .. get('quoted', apart(args.outcome)))
	end
	table.insert(lines, find('message-next-' .. args.status, person(args.name or '')))
	return lines
end

function KINDS.helper(args, say)
	return { say('helper', request(args), people(args, 'helper')), say('helper-next') }
end

function KINDS.stale(args, say)
	return { say('stale', request(args), date(args['until'])) .. space() .. answer(args, 'message-write') }
end

function KINDS.nudge(args, say)
	local release = '<code>&#42; &#123;&#123;' .. config.templates.release .. '&#125;&#125; &#126;&#126;&#126;&#126;</code>'
	local following = is_set(args['next step']) and get('steps-next', apart(args['next step'])) .. '\n\n' or ''
	return { say('nudge', request(args), date(args.since)) .. space() .. answer(args, 'message-write'),
		following .. say('nudge-more', release) }
end

function KINDS.digest(args, say)
	local parts = {}
	for _, kind in ipairs { 'vote', 'reply' } do
		local lines, many = waiting(args, kind, kind == 'vote' and 'more votes' or 'more replies')
		if many > 0 then
			table.insert(parts, say('digest-' .. kind, many) .. '\n' .. table.concat(lines, '\n'))
		end
	end
	if is_set(args.term) then
		table.insert(parts, say('term', date(args.term), mw.title.new(config.committee).talkPageTitle.prefixedText))
	end
	return parts
end

-- Signs that mean nothing to the wiki within a line, by their numbers: people read what is saved.
local PLAIN = {}
for sign in ('!"$%()+,-./;?@'):gmatch('.') do
	PLAIN[sign:byte()] = sign
end

--- The words with these signs as people write them.
local function readable(words)
	words = words:gsub('&#(%d+);', function(number)
		return PLAIN[tonumber(number)]
	end)
	-- Two of them side by side would be markup.
	return (words:gsub("([^';])&#39;([^&'])", "%1'%2"))
end

--- A message of one kind; "heading" is the words of the heading above it.
function p.message(args)
	local content = mw.language.getContentLanguage():getCode()
	text.use(is_set(args.lang) and args.lang or content)
	local kind = args[1] or ''
	if kind == 'heading' then
		return is_set(args.title) and readable(text.plain('message-heading', args.title)) or text.plain('message-heading-digest')
	end
	local for_whom = person(args.name or '')
	local function say(key, ...)
		return get('message-' .. key, for_whom, ...)
	end
	local parts = KINDS[kind](args, say)
	table.insert(parts, small(say('foot', config.root .. '/Guide/Helping#messages')))
	local words = readable(table.concat(parts, '\n\n'))
	if text.language():getCode() == content then
		return words
	end
	return '<div' .. text.attributes() .. '>\n' .. words .. '\n</div>'
end

--- One line in the discussion of a request: its new status.
function p.announcement(args)
	return get('announcement', '<b>' .. apart(base.status(args.status)) .. '</b>') .. base.set_by(args, person)
end

return p
