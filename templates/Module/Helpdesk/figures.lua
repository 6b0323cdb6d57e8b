--- The pages of figures.
local text = require('Module:Helpdesk/text')
local base = require('Module:Helpdesk/base')

local get, apart, date, number = text.get, text.apart, text.date, text.number
local is_set, list, small = base.is_set, base.list, base.small

local p = {}

local BOX = 'border:1px solid ' .. base.LINE .. '; border-radius:4px; padding:0.6em 0.9em; margin:0; break-inside:avoid'
-- Browsers leave backgrounds out on paper, but for those that say something.
local PAINTED = '; print-color-adjust:exact'
local FILED, SUPPORTED = 'var(--background-color-progressive,#36c)' .. PAINTED, 'var(--color-success,#14866d)' .. PAINTED

--- The title of a page of a year, as a link.
local function year_link(page, year)
	return '[[' .. page .. '/' .. year .. '|' .. year .. ']]'
end

p['figures start'] = function(args)
	local is_year, others = is_set(args.year), {}
	if is_year then
		table.insert(others, '[[' .. (args.page or '') .. '|' .. get('figures-overall') .. ']]')
	end
	for _, year in ipairs(list(args, 'other')) do
		table.insert(others, year == args.year and '<b>' .. year .. '</b>' or year_link(args.page or '', year))
	end
	local span = is_year and apart(args.year) or get('term-from', date(args.from))
	return '<div' .. text.attributes() .. '><h2>' .. get('title-figures') .. text.brackets(span) .. '</h2><p>'
		.. table.concat(others, ' · ') .. '</p><p>' .. get('figures-about', '<code>helpdesk report</code>') .. '</p>'
		.. '<dl style="display:grid; grid-template-columns:repeat(auto-fill,minmax(min(100%,15em),1fr)); gap:0.8em; margin:1em 0">'
end

p['figures end'] = function()
	return '</dl></div>'
end

--- A number of things, or a time.
local function value(words)
	if not is_set(words) then
		return '<span style="font-weight:normal">' .. get('figures-none') .. '</span>'
	end
	return tonumber(words) and apart(number(words)) or text.duration(words)
end

local function person(name)
	return text.user(name).shown
end

local function language(code)
	local name = mw.language.fetchLanguageName(code, text.language():getCode())
	return apart(name ~= '' and name or code)
end

-- What the names behind a figure are; elsewhere they are as people wrote them.
local NAMES = {
	countries = base.country, ['supported-countries'] = base.country, continents = base.continent, languages = language,
	members = person, voters = person, helpers = person,
}

--- Names behind a figure.
local function names(args)
	local shown, name_of = {}, NAMES[args.figure] or apart
	for _, name in ipairs(list(args, 'name')) do
		table.insert(shown, (name_of(name)))
	end
	if is_set(args['more names']) then
		table.insert(shown, get('figures-more', tonumber(args['more names']) or 0))
	end
	return shown[1] and '<p style="margin:0.3em 0">' .. table.concat(shown, text.comma()) .. '</p>' or ''
end

--- What can be folded by scripts. Without them, as on phones, it takes little room and is scrolled.
local function folded(label, words)
	-- The link that unfolds floats by the direction of the wiki, not by that of the reader's language.
	label = (text.language():isRTL() and '&#160;' or '') .. label
	return '<div class="mw-collapsible mw-collapsed noprint" style="min-height:1.6em"><div>' .. small(label)
		.. '</div><div class="mw-collapsible-content" style="max-height:8em; overflow-y:auto; padding-inline:0.5em">' .. words .. '</div></div>'
end

local function requests(args)
	local items, titles = {}, list(args, 'title')
	for place, page in ipairs(list(args, 'page')) do
		table.insert(items, '<li><bdi>[[:' .. page .. '|' .. (titles[place] or page) .. ']]</bdi></li>')
	end
	if is_set(args.more) then
		table.insert(items, '<li>' .. get('figures-more', tonumber(args.more) or 0) .. '</li>')
	end
	local label = get('figures-requests') .. (is_set(args.of) and text.brackets(number(args.of)) or '')
	return items[1] and folded(label, '<ul>' .. table.concat(items) .. '</ul>') or ''
end

function p.figure(args)
	local key = 'figure-' .. (args.figure or '')
	return '<div style="' .. BOX .. '"><dt style="font-weight:normal">' .. get(key)
		.. '</dt><dd style="margin:0"><div style="font-size:1.6em; font-weight:bold; line-height:1.4">' .. value(args.value)
		.. '</div>' .. small(get(key .. '-about')) .. names(args) .. requests(args) .. '</dd></div>'
end

--- The largest of numbers, at least 1.
local function largest(...)
	local most = 1
	for _, numbers in ipairs { ... } do
		for _, n in ipairs(numbers) do
			most = math.max(most, tonumber(n) or 0)
		end
	end
	return most
end

--- A part of the line over the quarters, from the middle of one to that of the next: heights in hundredths. Where the page goes
--- from right to left the next one is on the left.
local function line(from, to)
	local is_rtl = text.language():isRTL()
	local left, right = is_rtl and to or from, is_rtl and from or to
	-- It is three pixels thick, also where it runs along the ground.
	local function edge(height, more)
		return string.format('calc(%.1f%% + %.1fpx)', 100 - height, more - 3 * (1 - height / 100))
	end
	return '<div style="position:absolute; z-index:1; inset:0; inset-inline-start:50%; width:100%; background:' .. SUPPORTED
		.. '; clip-path:polygon(0 ' .. edge(left, 0) .. ',100% ' .. edge(right, 0) .. ',100% ' .. edge(right, 3) .. ',0 '
		.. edge(left, 3) .. ')"></div>'
end

--- Bars of what was filed, and a line of what was supported, over the quarters; then the same numbers as a table.
p['figures quarters'] = function(args)
	local quarters, filed, supported = list(args, 'quarter'), list(args, 'filed'), list(args, 'supported')
	local most, columns, rows = largest(filed, supported), {}, {}
	local height = function(n) return 100 * (tonumber(n) or 0) / most end
	for place, quarter in ipairs(quarters) do
		local next_one = supported[place + 1]
		table.insert(columns, '<div style="flex:1 0 2.2em; min-width:0"><div style="position:relative; height:8em">'
			.. '<div style="position:absolute; inset-block-end:0; inset-inline:15%; background:' .. FILED .. '; height:'
			.. string.format('%.1f', height(filed[place])) .. '%"></div>'
			.. (next_one and line(height(supported[place]), height(next_one)) or '')
			.. '</div><div style="text-align:center; font-size:0.75em; overflow-wrap:anywhere">' .. apart(quarter) .. '</div></div>')
		table.insert(rows, '<tr><th scope="row">' .. apart(quarter) .. '</th><td>' .. number(filed[place]) .. '</td><td>'
			.. number(supported[place]) .. '</td></tr>')
	end
	local key = function(colour, label)
		return '<span style="display:inline-block; width:0.8em; height:0.8em; background:' .. colour .. '"></span>' .. text.space()
			.. get(label) .. text.space()
	end
	local drawing = '<div aria-hidden="true"><div style="overflow-x:auto"><div style="display:flex; min-width:'
		.. 2.2 * #quarters .. 'em; border-block-end:1px solid ' .. base.LINE .. '">' .. table.concat(columns) .. '</div></div>'
		.. small(key(FILED, 'figure-requests') .. key(SUPPORTED, 'figure-supported')) .. '</div>'
	local numbers = '<table class="wikitable" style="' .. base.START .. '"><tr><th scope="col">' .. get('figures-quarter')
		.. '</th><th scope="col">' .. get('figure-requests') .. '</th><th scope="col">' .. get('figure-supported') .. '</th></tr>'
		.. table.concat(rows) .. '</table>'
	return '<div' .. text.attributes() .. '><h3>' .. get('figures-chart') .. '</h3>' .. drawing .. numbers .. '</div>'
end

local LABELS = {
	['by-type'] = function(kind) return kind == 'none' and '–' or base.type_label(kind) end,
	['by-status'] = base.status,
	['by-country'] = function(code) return base.country(code) end,
	['supported-by-country'] = function(code) return base.country(code) end,
	['by-continent'] = function(code) return base.continent(code) end,
}

p['figures bars'] = function(args)
	return '<div' .. text.attributes() .. '><h3>' .. get('figure-' .. (args.figure or ''))
		.. '</h3><table style="width:100%; max-width:50em; border-collapse:collapse">'
end

p['figures bars end'] = function()
	return '</table></div>'
end

p['figures bar'] = function(args)
	local label, share = LABELS[args.figure] or apart, 100 * (tonumber(args.value) or 0) / math.max(tonumber(args.most) or 1, 1)
	return '<tr style="vertical-align:top"><th scope="row" style="font-weight:normal; padding:0.1em 0; width:30%; ' .. base.START .. '">'
		.. apart(label(args.key or '')) .. '</th><td style="padding:0.1em 0.5em; width:3em; text-align:end">' .. number(args.value)
		.. '</td><td style="padding:0.2em 0"><div aria-hidden="true" style="height:1em; background:' .. FILED .. '; width:'
		.. string.format('%.1f', share) .. '%"></div>' .. requests(args) .. '</td></tr>'
end

p['figures unknown'] = function(args)
	local items, pages, titles = {}, list(args, 'page'), list(args, 'title')
	for place, words in ipairs(list(args, 'value')) do
		local page = pages[place] or ''
		local link = page ~= '' and text.brackets('[[:' .. page .. '|' .. apart(titles[place] or page) .. ']]') or ''
		table.insert(items, '<li>' .. get('quoted', apart(words)) .. link .. '</li>')
	end
	if is_set(args.more) then
		table.insert(items, '<li>' .. get('figures-more', tonumber(args.more) or 0) .. '</li>')
	end
	return '<div' .. text.attributes() .. '><h3>' .. get('figures-unknown') .. '</h3><p>' .. get('figures-unknown-about') .. '</p><ul>'
		.. table.concat(items) .. '</ul></div>'
end

return p
