-- Remembers what an instance tells of itself, in place of what it told before, or forgets it.
--
-- KEYS  1 <instances>
-- ARGV  1 instance  2 how long to remember it, 0 to forget it  3 how many circuits are omitted  4 the circuits
-- Reply {repaired}
--
-- <instances> (hash): by the instance, "1 told until omitted" (the schema, two times, a number) and a line for each of its
--   circuits, "name state isolated calls rejected fallbacks", percent-encoded where needed. Words and lines that are added
--   later are ignored. TTL: longer than any field is remembered.
-- Those that are gone are looked for when a new one comes, so that the cost of telling again does not follow from the number
-- of instances.

local instance, ttl = ARGV[1], tonumber(ARGV[2])

local function sweep()
  local fields, gone = redis.call('HGETALL', KEYS[1]), {}
  for i = 1, #fields, 2 do
    local told, ends = string.match(fields[i + 1], '^%d+ (%d+) (%d+) %d')
    if not (int(told) and int(ends) and int(told) <= now and int(ends) > now) then
      gone[#gone + 1] = fields[i]
    end
  end
  for _, field in ipairs(gone) do
    redis.call('HDEL', KEYS[1], field)
  end
end

if ttl <= 0 then
  if type(try('HDEL', KEYS[1], instance)) == 'table' then
    repair(KEYS[1])
  end
  return {repaired}
end

local function remember()
  return try('HSET', KEYS[1], instance, '1 ' .. text(now) .. ' ' .. text(now + ttl) .. ' ' .. ARGV[3] .. '\n' .. ARGV[4])
end

local added = remember()
if type(added) == 'table' then
  repair(KEYS[1])
  added = remember()
end
if added == 1 then
  sweep()
end
keep(KEYS[1], 2 * ttl)
return {repaired}
