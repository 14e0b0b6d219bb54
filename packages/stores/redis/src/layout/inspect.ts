/** The calls that look at a queue, and those of an operator. */
export const inspect: string = String.raw`
-- When the first lane of the set may be claimed; nothing when none may ever.
local function firstAt(set)
  local first = call('ZRANGEBYSCORE', set, '-inf', '(+inf', 'WITHSCORES', 'LIMIT', 0, 1)
  return first[2] and math.floor(first[2])
end

-- Milliseconds until there may be something to claim, or -1.
function ops.next(q)
  local soonest
  for _, set in ipairs({ q.free, q.leased, q.scheduled }) do
    local at = firstAt(set)
    if at and (not soonest or at < soonest) then soonest = at end
  end
  return soonest and math.max(0, soonest - now) or -1
end

function ops.stats(q)
  local scheduled, dead = call('ZCARD', q.scheduled), call('ZCARD', q.dead)
  local later = '(' .. now + 1
  local leased, delayed = call('ZCOUNT', q.leased, later, '+inf'), call('ZCOUNT', q.free, later, '(+inf')
  local oldest = math.min(firstAt(q.free) or now, firstAt(q.leased) or now)
  return {
    call('HLEN', q.jobs) - dead - scheduled - leased - delayed,
    scheduled,
    leased,
    delayed,
    dead,
    call('ZCARD', q.free) + call('ZCARD', q.leased),
    call('SCARD', q.halted),
    math.max(0, now - oldest),
  }
end

-- Who holds the lane: the job, and whether its lease still runs.
local function holderOf(q, key)
  local held = holder(q, key)
  if not held then return nil, false end
  return string.match(held, '^%d+ (.*)$'), math.floor(call('ZSCORE', q.leased, key)) > now
end

-- From that place in the lane, at most that many, the one in hand left out; first how many were looked at.
function ops.peek(q, at)
  local key, from, limit = ARGV[at], tonumber(ARGV[at + 1]), tonumber(ARGV[at + 2])
  local holder, busy = holderOf(q, key)
  local ids = call('LRANGE', q.lane .. key, from, from + limit - 1)
  local found = { #ids }
  for _, id in ipairs(ids) do
    local attempts, crashes = triesOf(q, id)
    -- A claim whose lease ran out counts, though nobody has noticed yet.
    if id == holder then attempts = attempts + 1 end
    if id ~= holder or not busy then found[#found + 1] = { id, call('HGET', q.jobs, id), attempts, crashes } end
  end
  return found
end

-- A page of dead ids: what is wanted of it, after how many there were and where the next page begins.
function ops.listDead(q, at)
  local first, wanted, limit = ARGV[at], ARGV[at + 1], tonumber(ARGV[at + 2])
  local ids = call('ZRANGEBYLEX', q.dead, first, '+', 'LIMIT', 0, 200)
  local found = { #ids, ids[#ids] or '' }
  for _, id in ipairs(ids) do
    local text = call('HGET', q.jobs, id)
    if #found - 2 < limit and (wanted == '' or '+' .. keyOf(text) == wanted) then
      found[#found + 1] = { id, text, call('HGET', q.died, id) }
    end
  end
  return found
end

local function exhume(q, id)
  local size = sizeOf(q)
  if call('ZREM', q.dead, id) == 0 then return nil end
  q.size = size + 1
  call('HDEL', q.died, id)
  return call('HGET', q.jobs, id)
end

function ops.replay(q, at, count)
  local front, revived = ARGV[at] == '1', 0
  for i = at + 1, at + count - 1 do
    local text = exhume(q, ARGV[i])
    if text then
      local key = keyOf(text)
      local _, enqueuedAt = struct.unpack('>dd', text)
      local n = turn(q)
      if front then n = -n end
      call('HSET', q.jobs, ARGV[i], record(n, enqueuedAt, math.huge, key, string.sub(text, 27 + #key)))
      resume(q, key)
      join(q, key, ARGV[i], now, front)
      revived = revived + 1
    end
  end
  return revived
end

local function discard(q, id)
  local text = exhume(q, id)
  if not text then return 0 end
  finish(q, id)
  resume(q, keyOf(text))
  return 1
end

function ops.discard(q, at, count)
  local discarded = 0
  for i = at, at + count - 1 do discarded = discarded + discard(q, ARGV[i]) end
  return discarded
end

function ops.resume(q, at)
  return resume(q, ARGV[at])
end

function ops.cancel(q, at)
  local id = ARGV[at]
  local text = call('HGET', q.jobs, id)
  if not text or call('ZSCORE', q.dead, id) then return 0 end
  local n = struct.unpack('>d', text)
  if call('ZREM', q.scheduled, string.format('%015.0f', n) .. id) == 1 then
    finish(q, id)
    return 1
  end
  local key = keyOf(text)
  local holder, busy = holderOf(q, key)
  if busy and holder == id then return 0 end
  local wasHead = call('LINDEX', q.lane .. key, 0) == id
  if holder == id then
    -- Its lease ran out: the lane keeps the time at which it did.
    local since = call('ZSCORE', q.leased, key)
    release(q, key)
    call('ZADD', q.free, since, key)
  end
  finish(q, id)
  if not unlink(q, key, id) then
    call('ZREM', q.free, key)
  elseif wasHead and not busy then
    -- The head takes its backoff with it; everything else leaves the lane's time alone.
    local at = tonumber(call('ZSCORE', q.free, key))
    if at and at < math.huge and math.floor(at) > now then free(q, key, now) end
  end
  return 1
end

-- A step of it, of dead jobs or of ids whose time is over; a thousand are the most.
function ops.purge(q, at)
  if ARGV[at] == '0' then return prune(q, 1000) end
  local count = 0
  for _, id in ipairs(call('ZRANGE', q.dead, 0, 999)) do count = count + discard(q, id) end
  return count
end
`;
