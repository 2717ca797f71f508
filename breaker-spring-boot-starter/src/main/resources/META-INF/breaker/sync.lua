-- Adds the outcomes of one instance to the window, and returns the state, the window's totals and the override.
--
-- KEYS  1 <state>  2 <window>  3 <permits>  4 <override>
-- ARGV  1 TIME or COUNT  2 size (slots or outcomes)  3 width of a slot  4 instance
--       with a batch also: 5 sequence  6 epoch  7 trailing failures  8 their age  9 age of the last success or -1
--       10 the outcomes (COUNT), or 10.. age, calls, failures, slow of every slice (TIME)
-- Reply {repaired, state, override, calls, failures, slow, streak, age of the last success of a peer or -1}
--
-- <window> (hash): v=2; t "epoch:calls:failures:slow:head", the totals of the window, the epoch that it counts (another one
--   than the state's: start over) and by TIME its youngest slot (time / width); k "failures:first:success:other", the failures
--   in a row, the time of their first, that of the last success and that of the last success of any other instance; by the
--   instance of the last success; i:<instance> "last sequence:second it was seen"; by TIME a field 0..size-1 (slot modulo
--   size) "calls:failures:slow"; by COUNT o the outcomes, oldest first.
--   TTL: by TIME twice the window's length, at least three minutes, of which half outlasts the longest pause between two polls;
--   by COUNT a day. Renewed when half of it is gone, by a batch, and by reading where something has no age: outcomes by COUNT
--   and failures in a row.
-- The totals run along: the cost follows from the slots that change, not from calls, instances or the length of the window.

local by_time, size, width, instance = ARGV[1] == 'TIME', tonumber(ARGV[2]), tonumber(ARGV[3]), ARGV[4]
local lifetime = by_time and math.max(180000000, 2 * size * width) or DAY

local function fresh(epoch)
  return {epoch = text(epoch), calls = 0, failures = 0, slow = 0, head = by_time and math.floor(now / width) or 0,
      streak = 0, first = 0, success = 0, other = 0, by = '', seen = 0, is_fresh = true}
end

-- Numbers stay the texts that they are until somebody calculates with them.
local function read_window(key, epoch)
  local m = try('HMGET', key, 'v', 't', 'k', 'by', 'i:' .. instance)
  if not m.err then
    if not m[1] and not m[2] and redis.call('EXISTS', key) == 0 then
      return fresh(epoch)
    end
    local counted, calls, failures, slow, head = string.match(m[2] or '', '^(%d+):(%d+):(%d+):(%d+):(%d+)$')
    local streak, first, success, other = string.match(m[3] or '', '^(%d+):(%d+):(%d+):(%d+)$')
    local seen = m[5] and string.match(m[5], '^(%d+):%d+$') or not m[5] and 0
    if int(m[1]) and counted and streak and m[4] and seen
        and math.max(counted, calls, failures, slow, head, streak, first, success, other, seen) <= LARGEST then
      return tonumber(counted) ~= epoch and fresh(epoch) or {epoch = counted, calls = calls, failures = failures, slow = slow,
          head = head, streak = streak, first = first, success = success, other = other, by = m[4], seen = seen,
          is_known = m[5]}
    end
  end
  repair(key)
  return fresh(epoch)
end

local function count(w, calls, failures, slow)
  w.calls = math.max(0, w.calls + calls)
  w.failures = math.max(0, w.failures + failures)
  w.slow = math.max(0, w.slow + slow)
end

-- Nothing if the slot makes no sense.
local function read_slot(slot)
  local calls, failures, slow = string.match(slot or '0:0:0', '^(%d+):(%d+):(%d+)$')
  if calls and math.max(calls, failures, slow) <= LARGEST then
    return calls, failures, slow
  end
end

-- Takes the slots that the window has left behind out of the totals; false if one makes no sense.
local function slide(key, w)
  local head = math.floor(now / width)
  local step = head - w.head
  if step == 0 or (step < 0 and step > -size) then
    return true
  end
  if step < 0 or step > size then
    step = size
  end
  w.head, w.gone = head, {}
  for slot = head - step + 1, head do
    w.gone[#w.gone + 1] = slot % size
  end
  if step == size then
    w.calls, w.failures, w.slow = 0, 0, 0
    return true
  end
  for _, slot in ipairs(redis.call('HMGET', key, unpack(w.gone))) do
    local calls, failures, slow = read_slot(slot)
    if not calls then
      return false
    end
    count(w, -calls, -failures, -slow)
  end
  return true
end

local function reply(state, w, override)
  local leases = 0
  if state then
    leases = leased(KEYS[3], state)
    keep(KEYS[1], math.max(DAY, 2 * (state.untl - now)))
  end
  local peer = tonumber(w.by == instance and w.other or w.success)
  return {#repaired > 0 and repaired, state_reply(state, leases), override_reply(override),
      w.calls, w.failures, w.slow, w.streak, peer > 0 and math.max(0, now - peer) or -1}
end

-- Most circuits have neither a state nor an override, and one command tells so.
local stored = redis.call('EXISTS', KEYS[1], KEYS[4])
local state = stored > 0 and find_state(KEYS[1], KEYS[3])
local override = stored > (state and 1 or 0) and read_override(KEYS[4])
local epoch = state and state.epoch or 0
local window = read_window(KEYS[2], epoch)
if by_time and not slide(KEYS[2], window) then
  repair(KEYS[2])
  window = fresh(epoch)
end
if not ARGV[5] or tonumber(ARGV[6]) ~= epoch or tonumber(ARGV[5]) <= tonumber(window.seen) then
  if not window.is_fresh and (not by_time or tonumber(window.streak) > 0) then
    keep(KEYS[2], lifetime)
  end
  return reply(state, window, override)
end

-- Instances that are gone: looked for only when a new one appears, and long after their last batch could be repeated.
local function prune(key)
  local horizon = (now - math.max(3600000000, 2 * size * width)) / 1000000
  local fields, gone = redis.call('HGETALL', key), {}
  for i = 1, #fields, 2 do
    local seen = string.match(fields[i], '^i:') and string.match(fields[i + 1], ':(%d+)$')
    if seen and tonumber(seen) < horizon then
      gone[#gone + 1] = fields[i]
    end
  end
  for _, field in ipairs(gone) do
    redis.call('HDEL', key, field)
  end
end

-- Adds the slots that change to the fields to be written; false if one makes no sense.
local function add_slices(key, w, fields)
  local at = {}
  for i = 10, #ARGV - 3, 4 do
    local slot = math.min(w.head, math.floor((now - ARGV[i]) / width))
    if slot > w.head - size then
      local field = slot % size
      local value = at[field] or #fields + 2
      local calls, failures, slow = read_slot(fields[value] or redis.call('HMGET', key, field)[1])
      if not calls then
        return false
      end
      at[field], fields[value - 1] = value, field
      fields[value] = string.format('%.0f:%.0f:%.0f', calls + ARGV[i + 1], failures + ARGV[i + 2], slow + ARGV[i + 3])
      count(w, ARGV[i + 1], ARGV[i + 2], ARGV[i + 3])
    end
  end
  return true
end

-- Adds the outcomes to the fields to be written; false if the stored ones make no sense.
local function add_outcomes(key, w, fields)
  local function tally(outcomes, sign)
    local _, failures = string.gsub(outcomes, '[fF]', '')
    local _, slow = string.gsub(outcomes, '[SF]', '')
    count(w, sign * #outcomes, sign * failures, sign * slow)
  end
  local stored = redis.call('HMGET', key, 'o')[1] or ''
  if #stored ~= tonumber(w.calls) or string.find(stored, '[^sfSF]') then
    return false
  end
  local excess = math.max(0, #stored + #ARGV[10] - size)
  tally(string.sub(stored, 1, excess), -1)
  tally(ARGV[10], 1)
  fields[#fields + 1] = 'o'
  fields[#fields + 1] = string.sub(stored, excess + 1) .. ARGV[10]
  return true
end

-- A success is the last one if it is younger than the streak's first failure, however late it is reported; failures older
-- than the last success are no part of the streak. What is later than now is what the clock left behind when it went back.
local function follow_streak(w)
  local failures, first = tonumber(ARGV[7]), now - ARGV[8]
  w.streak, w.first, w.success, w.other =
      tonumber(w.streak), math.min(w.first, now), math.min(w.success, now), math.min(w.other, now)
  if ARGV[9] ~= '-1' then
    local success = now - ARGV[9]
    if w.streak == 0 or success >= w.first then
      w.streak, w.first = 0, 0
    end
    if w.by == instance then
      w.success = math.max(w.success, success)
    elseif success >= w.success then
      w.success, w.by, w.other = success, instance, w.success
    else
      w.other = math.max(w.other, success)
    end
  end
  if failures > 0 and first >= w.success then
    w.first = w.streak == 0 and first or math.min(w.first, first)
    w.streak = w.streak + failures
  end
end

-- Forgets what the window has left behind, and counts; false if what is stored makes no sense.
local function add_batch(key, w)
  if w.is_fresh then
    redis.call('DEL', key)
  elseif not w.is_known then
    prune(key)
  end
  if w.gone then
    redis.call('HDEL', key, unpack(w.gone))
  end
  local fields = {'i:' .. instance, ARGV[5] .. ':' .. clock[1]}
  if w.is_fresh then
    fields[3], fields[4] = 'v', '2'
  end
  local add = by_time and add_slices or add_outcomes
  if not add(key, w, fields) then
    return false
  end
  follow_streak(w)
  redis.call('HSET', key, 't', string.format('%s:%.0f:%.0f:%.0f:%.0f', w.epoch, w.calls, w.failures, w.slow, w.head),
      'k', string.format('%.0f:%.0f:%.0f:%.0f', w.streak, w.first, w.success, w.other), 'by', w.by, unpack(fields))
  return true
end

if not add_batch(KEYS[2], window) then
  repair(KEYS[2])
  window = fresh(epoch)
  add_batch(KEYS[2], window)
end
keep(KEYS[2], lifetime)
return reply(state, window, override)
