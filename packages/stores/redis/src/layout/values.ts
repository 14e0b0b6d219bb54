/** Small values, rate limits and leases. */
export const values: string = String.raw`
local kv, kvKeys, kvUntil = prefix .. 'kv', prefix .. 'kv:keys', prefix .. 'kv:until'

-- A version of 0 stands for nothing.
local function readValue(text)
  if not text then return 0 end
  local version, till = struct.unpack('>dd', text)
  if till <= now then return 0 end
  return version, string.sub(text, 17)
end

local function current(key, ifVersion)
  return not ifVersion or readValue(call('HGET', kv, key)) == ifVersion
end

local function removeValue(key)
  call('ZREM', kvKeys, key)
  call('ZREM', kvUntil, key)
  return call('HDEL', kv, key)
end

local function writeValue(write)
  local key = write.key
  for _, old in ipairs(call('ZRANGEBYSCORE', kvUntil, '-inf', now, 'LIMIT', 0, 4)) do removeValue(old) end
  if not write.value then return removeValue(key) end
  local version = draw(1)
  local till = write.ttlMs and now + write.ttlMs or math.huge
  local added = call('HSET', kv, key, struct.pack('>dd', version, till) .. write.value)
  if added == 1 then call('ZADD', kvKeys, 0, key) end
  if write.ttlMs then call('ZADD', kvUntil, till, key) elseif added == 0 then call('ZREM', kvUntil, key) end
  return version
end

-- Reads writes from the arguments. A value begins with a sign; none at all deletes.
local function valuesAt(at, count)
  local writes = {}
  for i = 1, count do
    local key, value, ttlMs, ifVersion = unpack(ARGV, at, at + 3)
    writes[i] = { key = key, value = value ~= '' and string.sub(value, 2), ttlMs = tonumber(ttlMs), ifVersion = tonumber(ifVersion) }
    at = at + 4
  end
  return writes, at
end

local ops = {}

function ops.get(_, at)
  local version, value = readValue(call('HGET', kv, ARGV[at]))
  return { version, value or '' }
end

function ops.set(_, at)
  local writes = valuesAt(at, 1)
  if not current(writes[1].key, writes[1].ifVersion) then return 0 end
  return writeValue(writes[1])
end

function ops.delete(_, at)
  local key, ifVersion = ARGV[at], tonumber(ARGV[at + 1])
  local version = readValue(call('HGET', kv, key))
  if version == 0 or (ifVersion and version ~= ifVersion) then return 0 end
  return removeValue(key)
end

-- A page: at most five hundred keys or a megabyte. Gives first where the next one begins, or nothing when this was the last.
function ops.list(_, at)
  local reverse, first, last, limit = unpack(ARGV, at, at + 3)
  limit = math.min(tonumber(limit), 500)
  local keys = call(reverse == '1' and 'ZREVRANGEBYLEX' or 'ZRANGEBYLEX', kvKeys, first, last, 'LIMIT', 0, limit)
  local page, bytes, reached = { '' }, 0, ''
  for _, key in ipairs(keys) do
    if bytes > 1048576 then
      page[1] = reached
      return page
    end
    local version, value = readValue(call('HGET', kv, key))
    if version > 0 then
      page[#page + 1], page[#page + 2], page[#page + 3] = key, version, value
      bytes = bytes + #value
    end
    reached = key
  end
  if #keys == limit then page[1] = reached end
  return page
end

-- The sum of fractions of a millisecond and an epoch is no more exact than this.
local roundingMs = 0.01

-- GCRA: one number per bucket, and a second one for penalties.
local function readBucket(key)
  local text = call('GET', prefix .. 'bucket:' .. key)
  if not text then return 0, 0 end
  local tat, blockedUntil = struct.unpack('>dd', text)
  return tat, blockedUntil
end
local function writeBucket(key, tat, blockedUntil)
  keep(prefix .. 'bucket:' .. key, struct.pack('>dd', tat, blockedUntil), math.max(tat, blockedUntil))
end

function ops.take(_, at, count)
  local readyAt, debits = now, {}
  for i = at, at + count - 1, 4 do
    local key, intervalMs, burst, cost = ARGV[i], tonumber(ARGV[i + 1]), tonumber(ARGV[i + 2]), tonumber(ARGV[i + 3])
    local debit = debits[key]
    if not debit then
      local tat, blockedUntil = readBucket(key)
      debit = { tat = tat, blockedUntil = blockedUntil }
      debits[key] = debit
    end
    debit.tat = math.max(debit.tat, now) + intervalMs * cost
    readyAt = math.max(readyAt, debit.tat - intervalMs * burst, debit.blockedUntil)
  end
  if readyAt - now > roundingMs then return math.ceil(readyAt - now) end
  for key, debit in pairs(debits) do writeBucket(key, debit.tat, debit.blockedUntil) end
  return 0
end

function ops.penalize(_, at)
  local key, untilMs = ARGV[at], tonumber(ARGV[at + 1])
  local tat, blockedUntil = readBucket(key)
  writeBucket(key, tat, math.max(blockedUntil, untilMs))
  return 0
end

local function readLease(name)
  local text = call('GET', prefix .. 'lease:' .. name)
  if not text then return 0 end
  local fence, till = struct.unpack('>dd', text)
  return till > now and fence or 0
end
local function writeLease(name, fence, ttlMs)
  keep(prefix .. 'lease:' .. name, struct.pack('>dd', fence, now + ttlMs), now + ttlMs)
end

function ops.acquire(_, at)
  local name, ttlMs = ARGV[at], ARGV[at + 1]
  if readLease(name) ~= 0 then return 0 end
  local fence = draw(1)
  writeLease(name, fence, ttlMs)
  return fence
end

function ops.renew(_, at)
  local name, fence, ttlMs = ARGV[at], tonumber(ARGV[at + 1]), ARGV[at + 2]
  if readLease(name) ~= fence then return 0 end
  writeLease(name, fence, ttlMs)
  return 1
end

function ops.release(_, at)
  if readLease(ARGV[at]) == tonumber(ARGV[at + 1]) then call('DEL', prefix .. 'lease:' .. ARGV[at]) end
  return 0
end

function ops.ping()
  return now
end

-- Gives the layout that is there, which is this one if there was none.
function ops.layout(_, at)
  call('SET', prefix .. 'layout', ARGV[at], 'NX')
  return tonumber(call('GET', prefix .. 'layout'))
end
`;
