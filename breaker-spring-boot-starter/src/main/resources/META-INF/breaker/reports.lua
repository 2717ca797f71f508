-- What the instances told of themselves and is still remembered. Deletes nothing but what nobody can read.
--
-- KEYS  1 <instances>: see report.lua
-- Reply {repaired, of each instance: its identity, the age of what it told, "omitted" and the lines of its circuits}
-- Of very many instances with very many circuits, the last are told of without lines, as all are omitted: so that nobody who
-- watches holds up the server.

local fields = try('HGETALL', KEYS[1])
if fields.err then
  repair(KEYS[1])
  return {repaired}
end
local reply, unreadable, room = {repaired}, {}, 2000000
for i = 1, #fields, 2 do
  local version, told, ends, rest = string.match(fields[i + 1], '^(%d+) (%d+) (%d+) (%d.*)$')
  told, ends = int(told), int(ends)
  if not (int(version) and told and ends) then
    unreadable[#unreadable + 1] = fields[i]
  elseif ends > now and told <= now then
    -- What was told later than now is older than the last step back of the clock: whoever lives will tell again.
    room = room - #rest
    if room < 0 then
      local _, lines = string.gsub(rest, '\n[^\n]', '')
      rest = text((int(string.match(rest, '^%d+')) or 0) + lines)
    end
    reply[#reply + 1], reply[#reply + 2], reply[#reply + 3] = fields[i], now - told, rest
  end
end
for _, field in ipairs(unreadable) do
  redis.call('HDEL', KEYS[1], field)
end
if #unreadable > 0 then
  repaired[1] = KEYS[1]
end
return reply
