-- What lua_test runs: reads an XML file whole and takes it apart, so that strings, tables, closures
-- and coroutines come and go by the thousand. Returns how many elements were opened, and how many
-- names they have.
local path = ...
local file = assert(io.open(path, 'rb'))
local text = file:read('a')
file:close()

local elements = coroutine.wrap(function()
  for name in text:gmatch('<([%a_][%w_:.-]*)') do
    coroutine.yield(name)
  end
end)

local opened, counts = 0, {}
for name in elements do
  opened = opened + 1
  counts[name] = (counts[name] or 0) + 1
end

local names = {}
for name, count in pairs(counts) do
  names[#names + 1] = { name = name, count = count, text = ('%s: %d'):format(name, count) }
end
table.sort(names, function(a, b)
  return a.count > b.count or a.count == b.count and a.name < b.name
end)

local lines = {}
for _, entry in ipairs(names) do
  lines[#lines + 1] = entry.text
end
table_of_names = table.concat(lines, '\n')
return opened, #names
