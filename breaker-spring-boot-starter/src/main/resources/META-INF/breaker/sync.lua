-- Adds the outcomes of one instance to the window, and returns the state, the window's totals and the override.
--
-- KEYS  1 <state>  2 <window>  3 <permits>  4 <override>
-- ARGV  1 TIME or COUNT  2 size (slots or outcomes)  3 width of a slot  4 instance
--       with a batch also: 5 sequence  6 epoch  7 trailing failures  8 their age  9 age of the last success or -1
--       10 the outcomes (COUNT), or 10.. age, calls, failures, slow of every slice (TIME)
-- Reply {repaired, state, {calls, failures, slow, streak, age of the last success of a peer or -1}, override}
--
-- <window> (hash): v=1, e the epoch that it counts (another one than the state's: start over), c calls, f failures, s slow;
--   k streak, k0 time of its first failure; o1 time of the last success, oi its instance, o2 time of the last success of any
--   other instance; i:<instance> "<last sequence>:<second it was seen>"; by TIME: h the youngest slot (time / width) and a
--   field 0..size-1 (slot modulo size) "calls:failures:slow"; by COUNT: o the outcomes, oldest first.
--   TTL: by TIME twice the window's length, at least a minute, from the last batch; by COUNT a day, renewed by reading.
-- The totals run along, so the cost is that of the slots that change, not of the window.

local by_time, size, width, instance = ARGV[1] == 'TIME', tonumber(ARGV[2]), tonumber(ARGV[3]), ARGV[4]
local MINUTE = 60000000

local function fresh(epoch)
  return {e = epoch, c = 0, f = 0, s = 0, k = 0, k0 = 0, o1 = 0, oi = '', o2 = 0, h = 0, o = '', seen = 0, stored = {},
      stale = true}
end

local function read_window(key, epoch)
  local m = try('HMGET', key, 'v', 'e', 'c', 'f', 's', 'k', 'k0', 'o1', 'oi', 'o2', 'h', 'o', 'i:' .. instance)
  if not m.err then
    if not m[1] and not m[2] and redis.call('EXISTS', key) == 0 then
      return fresh(epoch)
    end
    local w = {e = int(m[2]), c = int(m[3]), f = int(m[4]), s = int(m[5]), k = int(m[6]), k0 = int(m[7]), o1 = int(m[8]),
        oi = m[9], o2 = int(m[10]), h = int(m[11]), o = m[12], seen = 0, stored = {}}
    local sound = int(m[1]) and w.e and w.c and w.f and w.s and w.k and w.k0 and w.o1 and w.oi and w.o2 and w.h and w.o
        and (by_time or (#w.o == w.c and not string.find(w.o, '[^sfSF]')))
    if sound and m[13] then
      w.seen = int(string.match(m[13], '^(%d+):%d+$') or '')
      w.known = true
      sound = w.seen
    end
    if sound then
      -- The clock went back: no success could end a streak from the future, no failure could follow a success from there.
      w.k0, w.o1, w.o2 = math.min(w.k0, now), math.min(w.o1, now), math.min(w.o2, now)
      return w.e == epoch and w or fresh(epoch)
    end
  end
  repair(key)
  return fresh(epoch)
end

-- Loads slots (by field number) into w.slots; false if one makes no sense.
local function load_slots(w, numbers)
  w.slots = w.slots or {}
  local missing, names = {}, {}
  for _, n in ipairs(numbers) do
    if not w.slots[n] then
      w.slots[n] = {0, 0, 0}
      missing[#missing + 1] = n
      names[#names + 1] = text(n)
    end
  end
  if w.stale or #missing == 0 then
    return true
  end
  local values = redis.call('HMGET', KEYS[2], unpack(names))
  for i, n in ipairs(missing) do
    if values[i] then
      local c, f, s = string.match(values[i], '^(%d+):(%d+):(%d+)$')
      c, f, s = int(c), int(f), int(s)
      if not (c and f and s) then
        return false
      end
      w.slots[n] = {c, f, s}
    end
  end
  return true
end

local function count(w, calls, failures, slow)
  w.c = math.max(0, w.c + calls)
  w.f = math.max(0, w.f + failures)
  w.s = math.max(0, w.s + slow)
end

-- Takes the slots that the window has left behind out of the totals.
local function slide(w, head)
  w.gone = {}
  local step = head - w.h
  if step == 0 then
    return true
  end
  if step >= size or step <= -size then
    w.c, w.f, w.s, w.slots, w.cleared, w.h = 0, 0, 0, {}, true, head
    return true
  end
  if step < 0 then
    return true
  end
  for slot = w.h + 1, head do
    w.gone[#w.gone + 1] = slot % size
  end
  if not load_slots(w, w.gone) then
    return false
  end
  for _, n in ipairs(w.gone) do
    local slot = w.slots[n]
    count(w, -slot[1], -slot[2], -slot[3])
    w.slots[n] = {0, 0, 0}
  end
  w.h = head
  return true
end

local function add_slices(w)
  local numbers, slices = {}, {}
  for i = 10, #ARGV - 3, 4 do
    local slot = math.min(w.h, math.floor((now - tonumber(ARGV[i])) / width))
    if slot > w.h - size then
      numbers[#numbers + 1] = slot % size
      slices[#slices + 1] = {tonumber(ARGV[i + 1]), tonumber(ARGV[i + 2]), tonumber(ARGV[i + 3])}
    end
  end
  if not w.cleared and not load_slots(w, numbers) then
    return false
  end
  w.touched = {}
  for i, n in ipairs(numbers) do
    local slot, slice = w.slots and w.slots[n] or {0, 0, 0}, slices[i]
    w.slots = w.slots or {}
    w.slots[n] = {slot[1] + slice[1], slot[2] + slice[2], slot[3] + slice[3]}
    w.touched[n] = true
    count(w, slice[1], slice[2], slice[3])
  end
  return true
end

local function add_outcomes(w)
  local function tally(outcomes, sign)
    local _, failures = string.gsub(outcomes, '[fF]', '')
    local _, slow = string.gsub(outcomes, '[SF]', '')
    count(w, sign * #outcomes, sign * failures, sign * slow)
  end
  local excess = math.max(0, #w.o + #ARGV[10] - size)
  tally(string.sub(w.o, 1, excess), -1)
  tally(ARGV[10], 1)
  w.o = string.sub(w.o, excess + 1) .. ARGV[10]
end

-- A success is the last one if it is younger than the streak's first failure, however late it is reported; failures older
-- than the last success are no part of the streak.
local function follow_streak(w)
  local failures, first = tonumber(ARGV[7]), now - tonumber(ARGV[8])
  if ARGV[9] ~= '-1' then
    local success = now - tonumber(ARGV[9])
    if w.k == 0 or success >= w.k0 then
      w.k, w.k0 = 0, 0
    end
    if w.oi == instance then
      w.o1 = math.max(w.o1, success)
    elseif success >= w.o1 then
      w.o1, w.oi, w.o2 = success, instance, w.o1
    else
      w.o2 = math.max(w.o2, success)
    end
  end
  if failures > 0 and first >= w.o1 then
    w.k0 = w.k == 0 and first or math.min(w.k0, first)
    w.k = w.k + failures
  end
end

-- Instances that are gone: looked for only when a new one appears, and long after their last batch could be repeated.
local function prune(key, length)
  local horizon = (now - math.max(3600000000, 2 * length)) / 1000000
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

local function store(key, w)
  if w.stale then
    redis.call('DEL', key)
  elseif w.cleared then
    for n = 0, size - 1 do
      redis.call('HDEL', key, text(n))
    end
  end
  if not (w.known or w.stale) then
    prune(key, size * width)
  end
  for _, n in ipairs(w.gone or {}) do
    if not w.touched[n] then
      redis.call('HDEL', key, text(n))
    end
  end
  local fields = {'v', '1', 'e', text(w.e), 'c', text(w.c), 'f', text(w.f), 's', text(w.s), 'k', text(w.k), 'k0', text(w.k0),
      'o1', text(w.o1), 'oi', w.oi, 'o2', text(w.o2), 'h', text(w.h), 'o', w.o,
      'i:' .. instance, ARGV[5] .. ':' .. clock[1]}
  for n in pairs(w.touched or {}) do
    local slot = w.slots[n]
    fields[#fields + 1] = text(n)
    fields[#fields + 1] = text(slot[1]) .. ':' .. text(slot[2]) .. ':' .. text(slot[3])
  end
  redis.call('HSET', key, unpack(fields))
end

-- One attempt on a window as stored; false if a slot makes no sense.
local function advance(w, counts)
  if by_time then
    return slide(w, math.floor(now / width)) and (not counts or add_slices(w))
  end
  if counts then
    add_outcomes(w)
  end
  return true
end

local state = read_state(KEYS[1])
local window = read_window(KEYS[2], state.epoch)
local counts = ARGV[5] and tonumber(ARGV[6]) == state.epoch and tonumber(ARGV[5]) > window.seen
if not advance(window, counts) then
  repair(KEYS[2])
  window = fresh(state.epoch)
  advance(window, counts)
end
if counts then
  follow_streak(window)
  store(KEYS[2], window)
end
if by_time then
  if counts then
    redis.call('PEXPIRE', KEYS[2], text(math.ceil(math.max(MINUTE, 2 * size * width) / 1000)))
  end
elseif not window.stale or counts then
  keep(KEYS[2], DAY)
end
if state.epoch > 0 then
  keep(KEYS[1], math.max(DAY, 2 * (state.untl - now)))
end

local peer = window.oi == instance and window.o2 or window.o1
local peer_age = -1
if peer > 0 then
  peer_age = math.max(0, now - peer)
end
return {repaired, state_reply(state, leased(KEYS[3], state)),
    {window.c, window.f, window.s, window.k, peer_age}, override_reply(read_override(KEYS[4]))}
