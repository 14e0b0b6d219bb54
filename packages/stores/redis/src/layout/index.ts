import { base } from "./base.ts";
import { inspect } from "./inspect.ts";
import { lanes } from "./lanes.ts";
import { queue } from "./queue.ts";
import { values } from "./values.ts";

/** Version of what lies in the server. */
export const layoutVersion = 1;

/**
 * Works through the calls of a tick. `KEYS[1]` is the beginning of all keys, hash tag included. The arguments are the time or
 * nothing, who calls, the count of queues and what each is like, then for each call its name, its queue or nothing, the count of
 * its own arguments, and these. The answers come in the same order.
 */
const main = String.raw`
local buffering = { enqueue = true, ack = true }

-- The holders of all lanes that acks are about, asked for at once.
local function foresee()
  local keys, at = {}, 4 + queueCount
  while at <= #ARGV do
    local name = ARGV[at + 1]
    if ARGV[at] == 'ack' then
      keys[name] = keys[name] or {}
      table.insert(keys[name], ARGV[at + 3])
    end
    at = at + 3 + ARGV[at + 2]
  end
  for name, asked in pairs(keys) do
    local found = call('HMGET', queues[name].held, unpack(asked))
    for i, key in ipairs(asked) do queues[name].holders[key] = found[i] end
  end
end

local function work()
  foresee()
  local at = 4 + queueCount
  while at <= #ARGV do
    local name, q, count = ARGV[at], queues[ARGV[at + 1]], tonumber(ARGV[at + 2])
    if q then promote(q) end
    if not buffering[name] then flush() end
    results[#results + 1] = ops[name](q, at + 3, count)
    at = at + 3 + count
  end
end
-- What was begun is ended, whatever another call ran into.
local fine, problem = pcall(work)
flush()
for name, q in pairs(queues) do
  if q.turn then call('SET', q.turns, q.turn) end
  if q.finished > 0 then prune(q, math.min(2 * q.finished + 2, 1000)) end
  if q.woken then call('PUBLISH', prefix .. 'wake', name .. ' ' .. ARGV[2]) end
end
if fine then return results end
return type(problem) == 'table' and problem or redis.error_reply('ERR ' .. tostring(problem))
`;

const body = [base, lanes, values, queue, inspect, main].join("");

/** The script as two: `work` goes on when the server's memory is full, `grow` is for calls that need more of it. */
export const scripts: { readonly work: string; readonly grow: string } = {
  work: `#!lua flags=allow-oom\n${body}`,
  grow: `#!lua\n${body}`,
};
