-- Sets the operator's override, or ends it (mode NONE), and publishes it. Its version is above the stored one and above any
-- that was ever given out, also after a loss of data.
--
-- KEYS  1 <override>
-- ARGV  1 channel  2 breaker  3 mode  4 reason  5 actor  6 remaining or -1  7 time since the decision
-- Reply {repaired, the override as stored}

local before = read_override(KEYS[1])
local override = {version = math.max((before and before.version or 0) + 1, now), mode = ARGV[3], reason = ARGV[4],
    actor = ARGV[5], since = math.max(0, now - tonumber(ARGV[7])), untl = 0}
if override.mode ~= 'NONE' and tonumber(ARGV[6]) >= 0 then
  override.untl = now + tonumber(ARGV[6])
end
write_override(KEYS[1], override)
local reply = override_reply(override)
publish(ARGV[1], 'override', ARGV[2], reply)
return {repaired, reply}
