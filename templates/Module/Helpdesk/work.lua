--- The work on a request: who helps, the steps, what came of it; as people write it, in the box of the request, and on the page
-- of who helps with what.
local text = require('Module:Helpdesk/text')
local base = require('Module:Helpdesk/base')

local get, apart, date, user = text.get, text.apart, text.date, text.user
local space, comma, brackets = text.space, text.comma, text.brackets
local config, is_set, small, item, cell = base.config, base.is_set, base.small, base.item, base.cell

local p = {}

local function help(key, args)
	return '<b>' .. (is_set(args['for']) and get(key .. '-for', base.account(args['for'])) or get(key)) .. '</b>'
end

function p.claim(args)
	return help('claim', args)
end

function p.release(args)
	return help('release', args)
end

local STATES = { 'todo', 'doing', 'done', 'blocked', 'dropped' }
local MARKS = { todo = '☐', doing = '◐', done = '☑', blocked = '⚠', dropped = '–' }
-- What has a well-known mark needs no words for those who see it.
local SPEAKS = { todo = true, done = true }

--- A step of the work.
function p.step(args)
	local written = mw.ustring.lower(mw.text.trim(args[2] or ''))
	local state = MARKS[written] and written or 'todo'
	local label, about = 'aria-hidden="true"', {}
	if SPEAKS[state] then
		label = 'role="img" aria-label="' .. mw.text.encode(text.plain('step-state-' .. state)) .. '"'
	else
		table.insert(about, get('step-state-' .. state))
	end
	if is_set(args.who) then
		table.insert(about, base.account(args.who).shown)
	end
	if is_set(args.due) then
		table.insert(about, get('step-due', date(args.due)))
	end
	-- For the gadget.
	local about_step = ' data-step="' .. mw.text.encode(mw.text.decode(args[1] or '')) .. '" data-state="' .. state .. '"'
	local words = '<span ' .. label .. '>' .. MARKS[state] .. '</span>' .. space() .. apart(args[1] or '')
		.. (about[1] and brackets(table.concat(about, comma())) or '')
	if state == 'dropped' then
		words = '<span style="color:var(--color-subtle,#54595d)">' .. words .. '</span>'
	end
	if written ~= '' and not MARKS[written] then
		words = words .. space() .. small(get('step-state-unknown', get('quoted', apart(args[2]))) .. space()
			.. get('notice-allowed', table.concat(STATES, comma())))
	end
	return '<span class="helpdesk-step"' .. about_step .. '>' .. words .. '</span>'
end

--- What came of a request, in a line: a sentence, numbers, where it is.
local function outcome(args, sentence)
	local words = { '<b>' .. get('outcome') .. '</b>' .. space() .. apart(sentence or '') }
	for _, part in ipairs(base.came_of(args)) do
		table.insert(words, part)
	end
	return table.concat(words, ' · ')
end

function p.outcome(args)
	local picture = ''
	if is_set(args.image) then
		local link, title = base.link_to(args.image, 6)
		picture = title and not title.isExternal and title.namespace == 6
			and '[[' .. title.prefixedText .. '|frameless|200x200px|alt=' .. title.text .. ']]' or link
		picture = '<span style="float:inline-end; margin-inline-start:1em">' .. picture .. '</span>'
	end
	return picture .. outcome(args, args[1])
end

--- The steps that come with a type of requests, for the page on which somebody saves this with "subst:".
function p.steps(args)
	local kind = mw.ustring.lower(mw.text.trim(args[1] or ''))
	if not mw.isSubsting() then
		local call = '<code>&#123;&#123;subst:Helpdesk steps&#124;' .. mw.text.nowiki(kind) .. '&#125;&#125;</code>'
		return small(get('steps-hint', call))
	end
	local function content(name)
		local found = mw.title.new(config.root .. '/Steps/' .. name)
		return found and (found.redirectTarget or found):getContent()
	end
	local lines = {}
	local all = (content(kind) or content('other') or ''):gsub('<noinclude>.-</noinclude>', '\n')
	for line in all:gmatch('[^\n]+') do
		if line:find('^%*') then
			table.insert(lines, line)
		end
	end
	return table.concat(lines, '\n')
end

p['ledger helper'] = function(args)
	local by = is_set(args['recorded by']) and brackets(get('ledger-assigned', user(args['recorded by']))) or ''
	return item(get('ledger-helper', user(args.user), date(args.time)) .. by .. base.by_edit(args.revision))
end

p['ledger steps'] = function(args)
	return item(table.concat(base.progress(args), ' · '))
end

p['ledger outcome'] = function(args)
	return item(outcome(args, args.text) .. brackets(user(args.user).shown .. comma() .. base.difference(args.revision)))
end

local NEEDED = { 'request', 'priority', 'since' }
local HELPED = { 'request', 'status', 'steps', 'next', 'since' }

--- What the page is, and the table of what nobody helps with.
p['work start'] = function(args)
	local is_empty = args.count == '0'
	local words = { get('work-about', get('act-claim')) }
	if args.helpers == '0' then
		table.insert(words, get('work-nobody'))
	end
	local above = '<p>' .. table.concat(words, space()) .. '</p><h2>' .. get('section-needs-helper') .. brackets(text.number(args.count))
		.. '</h2>' .. (is_empty and '<p>' .. get('none') .. '</p>' or '')
	return base.table_start('needs-helper', above, NEEDED, is_empty)
end

p['work end'] = function()
	return base.TABLE_END
end

--- The table of what somebody helps with.
p['work person'] = function(args)
	local who = user(args.user)
	local above = '<h2>' .. who.shown .. brackets(text.number(args.count)) .. '</h2>'
	return base.table_start('helper-' .. mw.uri.anchorEncode(who.name), above, HELPED)
end

--- One request in one of these tables.
p['work row'] = function(args)
	local about = { base.about(args) }
	local since = cell('since', date(args.since, 'date-short'))
	if not is_set(args.helper) then
		return '<tr>' .. base.request_cell(args, about) .. cell('priority', is_set(args.priority) and base.points(args.priority) or '')
			.. since .. '</tr>'
	end
	if is_set(args['helper 2']) then
		table.insert(about, small(base.helped(args)))
	end
	local state = apart(base.status(args.status)) .. (is_set(args.outcome) and '<br>' .. small(apart(args.outcome)) or '')
	local steps = is_set(args.steps) and base.steps_of(args['steps done'], args.steps) or ''
	local following = { base.next_step(args) }
	table.insert(following, base.overdue(args))
	return '<tr>' .. base.request_cell(args, about) .. cell('status', state) .. cell('steps', steps)
		.. cell('next', table.concat(following, '<br>')) .. since .. '</tr>'
end

return p
