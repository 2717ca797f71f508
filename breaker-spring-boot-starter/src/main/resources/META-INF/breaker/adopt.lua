-- Puts a state and an override back, each only if it is newer than what is stored. A HALF_OPEN state comes back as OPEN whose
-- wait is over, because its leases are lost. What was put back is published.
--
-- KEYS  1 <state>  2 <permits>  3 <override>
-- ARGV  1 channel  2 breaker  3 epoch  4 kind  5 elapsed  6 remaining  7 opens  8 instance  9 cause
--       with an override also: 10 version  11 mode  12 reason  13 actor  14 elapsed  15 remaining or -1
-- Reply {repaired, the state that holds afterwards}

local state = read_state(KEYS[1], KEYS[2])
if tonumber(ARGV[3]) > state.epoch then
  local lost = initial()
  lost.epoch, lost.kind, lost.since = tonumber(ARGV[3]), ARGV[4], math.max(0, now - tonumber(ARGV[5]))
  lost.opens, lost.instance, lost.cause = tonumber(ARGV[7]), ARGV[8], ARGV[9]
  if lost.kind == 'HALF_OPEN' then
    lost.kind, lost.untl = 'OPEN', now
  elseif lost.kind == 'OPEN' then
    lost.untl = now + tonumber(ARGV[6])
  end
  write_state(KEYS[1], lost)
  redis.call('DEL', KEYS[2])
  publish(ARGV[1], 'state', ARGV[2], state_reply(lost, 0))
  state = lost
end

if ARGV[10] then
  local override = read_override(KEYS[3])
  if tonumber(ARGV[10]) > (override and override.version or 0) then
    override = {version = tonumber(ARGV[10]), mode = ARGV[11], reason = ARGV[12], actor = ARGV[13],
        since = math.max(0, now - tonumber(ARGV[14])), untl = 0}
    if tonumber(ARGV[15]) >= 0 then
      override.untl = now + tonumber(ARGV[15])
    end
    write_override(KEYS[3], override)
    publish(ARGV[1], 'override', ARGV[2], override_reply(override))
  end
end
return {repaired, state_reply(state, leased(KEYS[2], state))}
