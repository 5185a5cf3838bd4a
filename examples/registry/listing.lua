-- What script.c runs over a loaded registry: writes a listing of all structures and commands with
-- their members. The quick way holds all of them in tables; where memory does not suffice for
-- that, Lua says so, the tables go, and one after the other is read and written.
--   rows(sql)    an iterator over what the database answers
--   write(text)  adds to the listing
local members = [[
  SELECT owner.text, member.text, kind.text, coalesce(field.pointers, 0) FROM field
  JOIN name AS owner ON owner.id = field.owner
  JOIN name AS member ON member.id = field.name
  JOIN name AS kind ON kind.id = field.type
  ORDER BY owner.text, field.position]]

local lines = 0

local function write_owner(owner, list)
  local width = 0
  for _, member in ipairs(list) do
    width = math.max(width, #member.kind)
  end
  write(owner .. '\n')
  for _, member in ipairs(list) do
    write(('    %s%s %s\n'):format(member.kind, (' '):rep(width - #member.kind), member.name))
  end
  lines = lines + 1 + #list
end

local function collect()
  local owners, order = {}, {}
  for owner, name, kind, pointers in rows(members) do
    if not owners[owner] then
      owners[owner] = {}
      order[#order + 1] = owner
    end
    table.insert(owners[owner], { name = name, kind = kind .. ('*'):rep(pointers) })
  end
  return owners, order
end

local function one_by_one()
  local current, list
  for owner, name, kind, pointers in rows(members) do
    if owner ~= current then
      if current then
        write_owner(current, list)
      end
      current, list = owner, {}
    end
    list[#list + 1] = { name = name, kind = kind .. ('*'):rep(pointers) }
  end
  if current then
    write_owner(current, list)
  end
end

local collected, owners, order = pcall(collect)
if not collected then
  local why = owners
  collectgarbage()
  one_by_one()
  return ('all at once: %s; then one by one'):format(why), lines
end
for _, owner in ipairs(order) do
  write_owner(owner, owners[owner])
end
return 'all at once', lines
