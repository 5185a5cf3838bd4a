-- Records in tables, grouped, sorted, written as text and read again.
local objects, rounds = ...
local seed = 12345
local function random(limit)
  seed = (seed * 1103515245 + 12345) % 2147483648
  return seed // 65536 % limit
end

local function make()
  local records = {}
  for i = 1, objects do
    local tags = {}
    for j = 1, random(4) do tags[j] = 'tag' .. random(200) end
    records[i] = { id = i, name = 'name ' .. random(objects) .. ' of ' .. i, tags = tags,
                   at = { x = random(1000), y = random(1000) } }
  end
  return records
end

local function group(records)
  local groups = {}
  for _, record in ipairs(records) do
    for _, tag in ipairs(record.tags) do
      local members = groups[tag]
      if not members then members = {}; groups[tag] = members end
      members[#members + 1] = record
    end
  end
  return groups
end

local function write(records)
  local lines = {}
  for i, record in ipairs(records) do
    lines[i] = string.format('%d|%s|%s|%d,%d', record.id, record.name,
                             table.concat(record.tags, ' '), record.at.x, record.at.y)
  end
  return table.concat(lines, '\n')
end

local function read(text)
  local records = {}
  for line in text:gmatch('[^\n]+') do
    local id, name, tags, x, y = line:match('^(%d+)|([^|]*)|([^|]*)|(%d+),(%d+)$')
    local list = {}
    for tag in tags:gmatch('%S+') do list[#list + 1] = tag end
    records[#records + 1] = { id = tonumber(id), name = name:gsub('name', 'item'), tags = list,
                              at = { x = tonumber(x), y = tonumber(y) } }
  end
  return records
end

for _ = 1, rounds do
  local records = make()
  local again = read(write(records))
  table.sort(again, function(a, b) return a.name < b.name end)
  local count, expected = 0, 0
  for _, members in pairs(group(again)) do count = count + #members end
  for _, record in ipairs(records) do expected = expected + #record.tags end
  if count ~= expected or #again ~= objects then return false end
end
return true
