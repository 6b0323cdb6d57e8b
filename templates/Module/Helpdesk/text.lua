--- Texts of the Helpdesk in the language of whoever reads the page, and numbers, dates and names as that language writes
-- them. The texts are JSON pages, one for each language, as the extensions of MediaWiki have them ("banana" format): $1 is a
-- value, {{PLURAL:$1|…}} and {{GENDER:$1|…}} choose by it.
local text = {}

local PAGES = 'Module:Helpdesk/i18n/'

--- The texts of a language; nil where it has no page.
local function load(code)
	local there, texts = pcall(mw.loadJsonData, PAGES .. code .. '.json')
	return there and { texts = texts, language = mw.language.new(code) } or nil
end

-- Codes of languages that are still to be tried, best first, and those of them that have texts.
local codes, languages

--- Takes the texts from that language from now on, else from the best that its readers know.
function text.use(code)
	codes, languages = { code }, {}
	for _, fallback in ipairs(mw.language.getFallbacksFor(code)) do
		table.insert(codes, fallback)
	end
	table.insert(codes, 'en')
end

--- The nth best language that has texts.
local function nth(n)
	if not codes then
		text.use(mw.getCurrentFrame():preprocess('{{USERLANGUAGE}}'))
	end
	while not languages[n] and codes[1] do
		local found = load(table.remove(codes, 1))
		table.insert(languages, found)
	end
	return languages[n]
end

--- The language that the page is shown in: the best one that has texts.
function text.language()
	local found = nth(1)
	return found and found.language or mw.language.getContentLanguage()
end

--- What an element that holds such texts says of its language, for readers by ear, and for the side it begins on.
function text.attributes(language)
	language = language or text.language()
	return ' lang="' .. language:toBcp47Code() .. '" dir="' .. language:getDir() .. '"'
end

--- What stands between two words, two parts of a list, or around words in brackets, as MediaWiki has it for the language.
local function punctuation(message, words)
	return mw.message.new(message):rawParams(words or ''):inLanguage(text.language()):plain()
end

function text.space()
	return punctuation('word-separator')
end

function text.comma()
	return punctuation('comma-separator')
end

function text.colon()
	return punctuation('colon-separator')
end

function text.brackets(words)
	return text.space() .. punctuation('parentheses', words)
end

--- A number as the language writes it; anything else as it is.
function text.number(value)
	local number = tonumber(value)
	return number and text.language():formatNum(number) or value or ''
end

local function choose(language, value, forms)
	local number = tonumber(value)
	local rest = {}
	for _, form in ipairs(forms) do
		local exact, words = form:match('^(%d+)=(.*)$')
		if exact and tonumber(exact) == number then
			return words
		elseif not exact then
			table.insert(rest, form)
		end
	end
	return number and language:plural(number, rest) or rest[#rest] or ''
end

--- A message with its values. A value is a number, or wikitext, or a person: a table with their name and how they are shown.
local function fill(message, language, values)
	message = message:gsub('{{(%u+):%s*$(%d)%s*|([^{}]*)}}', function(kind, n, forms)
		local value, all = values[tonumber(n)], mw.text.split(forms, '|', true)
		if kind == 'GENDER' then
			-- Without what stands before it, "male" would be no name.
			local name = type(value) == 'table' and value.name or ''
			return name == '' and all[#all] or language:gender('User:' .. name, all)
		end
		return choose(language, value, all)
	end)
	return (message:gsub('%$(%d)', function(n)
		local value = values[tonumber(n)]
		if type(value) == 'number' then
			return language:formatNum(value)
		end
		return type(value) == 'table' and value.shown or value or ''
	end))
end

--- The best language that has that text, with the text as it is; nil where none has it.
local function best(key)
	local n, found = 1, nth(1)
	while found do
		local message = found.texts[key]
		-- Anybody may write something else there.
		if type(message) == 'string' and message ~= '' then
			return found, message, n == 1
		end
		n = n + 1
		found = nth(n)
	end
end

--- What the best language has for which `of` gives something, by its code.
function text.first(of)
	local n, found = 1, nth(1)
	while found do
		local value = of(found.language:getCode())
		if value then
			return value
		end
		n = n + 1
		found = nth(n)
	end
end

--- The text of that key as one language has it; nil where it has none.
function text.own(code, key)
	local found = load(code)
	local message = found and found.texts[key]
	return type(message) == 'string' and message ~= '' and message or nil
end

--- The text of that key with its values, for places where no markup may stand, such as attributes and formats.
function text.plain(key, ...)
	local found, message = best(key)
	return found and fill(message, found.language, { ... }) or key
end

--- The text of that key in the reader's language, with its values; nil where no language has it. In another language it says
-- which one it is.
function text.find(key, ...)
	local found, message, is_readers = best(key)
	if not found or is_readers then
		return found and fill(message, found.language, { ... })
	end
	return '<span' .. text.attributes(found.language) .. '>' .. fill(message, found.language, { ... }) .. '</span>'
end

--- The text of that key; the key itself, marked, where there is none.
function text.get(key, ...)
	return text.find(key, ...) or '⧼' .. mw.text.nowiki(key) .. '⧽'
end

--- Words whose direction nobody knows, kept apart from those around them.
function text.apart(words)
	return '<bdi>' .. words .. '</bdi>'
end

--- A time such as 2026-05-05T12:34:00Z as a date in the reader's language; anything else as it is. `format` is the key of a
-- format: date, date-short or date-time.
function text.date(value, format)
	if not value or value == '' then
		return ''
	end
	local written = mw.text.decode(value)
	local is_time, date = pcall(function()
		return text.language():formatDate(text.plain(format or 'date'), written)
	end)
	return text.apart(is_time and date or value)
end

--- A time such as "7 days" or "1 day 12 h" in the reader's language.
function text.duration(words)
	local parts = {}
	for n, unit in mw.text.decode(words):gmatch('(%d+)%s*(%a)') do
		table.insert(parts, text.find('duration-' .. unit, tonumber(n)))
	end
	return text.apart(parts[1] and table.concat(parts, text.space()) or words)
end

--- A number of seconds in the reader's language, in whole days, hours or minutes: "3 days".
function text.span(seconds)
	local number = tonumber(seconds) or 0
	for _, unit in ipairs { { 'd', 86400 }, { 'h', 3600 } } do
		if number >= 1.5 * unit[2] then
			return text.duration(math.floor(number / unit[2] + 0.5) .. unit[1])
		end
	end
	return text.duration(math.max(1, math.floor(number / 60 + 0.5)) .. 'm')
end

--- A number of hundredths, such as 67 or 67%; anything that is no number as it is.
function text.percent(value)
	local number = tonumber((mw.text.decode(value or ''):gsub('%%$', '')))
	return text.apart(number and text.get('percent', number) or value or '')
end

--- A link to an account, for use as a value.
function text.user(name)
	if not name or name == '' then
		return { name = '', shown = text.get('unknown-user') }
	end
	return { name = mw.text.decode(name), shown = text.apart('[[User:' .. name .. '|' .. name .. ']]') }
end

return text
