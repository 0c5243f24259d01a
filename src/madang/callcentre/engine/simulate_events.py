"""The event loop of the call centre's simulation: one compiled pass over a heap of events.

One long function: its state is some twenty columns, which pieces of it would hand to each other.

Calls, operators and queues are columns; the loop knows no names. `simulate` draws the columns and
reads the result.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

# States of a call.
NOT_COME, WAITING, ANSWERED, GAVE_UP, CALLBACK, CALLED_BACK = 0, 1, 2, 3, 4, 5
# Events: an operator is free, a caller gives up, an interpreter may join, an operator comes, goes,
# somebody calls again.
_DONE, _GIVE_UP, _ESCALATE, _ON, _OFF, _AGAIN = 0, 1, 2, 3, 4, 5
_MANY = 1 << 40


@njit(cache=True)
def _push(keys: Any, loads: Any, size: Any, key: Any, load: Any) -> Any:
    """Put an event on the heap; returns its new size."""
    place = size
    while place > 0:
        parent = (place - 1) >> 1
        if keys[parent] <= key:
            break
        keys[place], loads[place] = keys[parent], loads[parent]
        place = parent
    keys[place], loads[place] = key, load
    return size + 1


@njit(cache=True)
def _drop_first(keys: Any, loads: Any, size: Any) -> Any:
    """Take the first event off the heap; returns its new size."""
    size -= 1
    key, load = keys[size], loads[size]
    place = 0
    while True:
        child = 2 * place + 1
        if child >= size:
            break
        if child + 1 < size and keys[child + 1] < keys[child]:
            child += 1
        if keys[child] >= key:
            break
        keys[place], loads[place] = keys[child], loads[child]
        place = child
    keys[place], loads[place] = key, load
    return size


@njit(cache=True)
def _first_waiting(queue: Any, state: Any, following: Any, wanted: Any, heads: Any) -> Any:
    """Return the first call of a queue that still waits, dropping those that left; -1: none."""
    call = heads[queue]
    while call >= 0 and state[call] != wanted:
        call = following[call]
    heads[queue] = call
    return call


@njit(cache=True)
def _append(queue: Any, call: Any, following: Any, heads: Any, tails: Any) -> None:
    if heads[queue] < 0:
        heads[queue] = call
    else:
        following[tails[queue]] = call
    tails[queue] = call


@njit(cache=True)
def run(
    come_at: Any,
    skill: Any,
    talk: Any,
    patience: Any,
    takes_callback: Any,
    calls_again_s: Any,
    fails_again_s: Any,
    count: Any,
    mask: Any,
    breadth: Any,
    windows: Any,
    priority: Any,
    callback_wait_s: Any,
    escalate_s: Any,
    interpreters: Any,
    slower: Any,
    fewest_skills_first: Any,
    aht_s: Any,
    patience_s: Any,
) -> Any:
    """Run all events; returns columns of the calls and how many calls there were at last.

    Parameters
    ----------
    come_at, skill, talk, patience, takes_callback : (cap,) arrays
        The first `count` are the calls that come, in order of time [s]; the others give the draws
        of those who call again. `talk` (with the work after the call) and `patience` are shares of
        the means of the skill.
    calls_again_s, fails_again_s : (cap,) arrays [s]
        When somebody who gave up, or was not helped, calls again; infinite: not at all.
    mask, breadth : (n,) arrays, the skills of an operator as bits and their number
    windows : (w, 3) array of operator, from and to [s]
    priority, aht_s, patience_s : (k,) arrays of each skill; means [s]
    callback_wait_s : expected wait [s] from which a callback is offered; infinite: never
    escalate_s, interpreters, slower : wait [s] after which an operator of skill 0 may take the call
        with one of so many interpreters, and the factor on the talk
    """
    cap = len(come_at)
    agents, skills = len(mask), len(priority)
    state = np.zeros(cap, np.int8)
    answered_at = np.full(cap, np.nan)
    busy_s = np.zeros(cap)
    by = np.full(cap, -1, np.int64)
    interpreted = np.zeros(cap, np.bool_)
    parent = np.full(cap, -1, np.int64)
    left_at = np.full(cap, np.nan)
    following, following_e = np.full(cap, -1, np.int64), np.full(cap, -1, np.int64)
    heads, tails = np.full(2 * skills + 1, -1, np.int64), np.full(2 * skills + 1, -1, np.int64)
    escalated = 2 * skills
    waiting = np.zeros(skills, np.int64)
    on_duty, busy = np.zeros(agents, np.bool_), np.zeros(agents, np.bool_)
    with_interpreter = np.zeros(agents, np.bool_)
    idle_since = np.zeros(agents)
    able = np.zeros(skills, np.int64)  # operators on duty with the skill
    idle, size, arrival, total = 0, 0, 0, count
    keys = np.empty(3 * cap + 2 * len(windows) + agents + 8)
    loads = np.empty(len(keys), np.int64)
    for w in range(len(windows)):
        who = np.int64(windows[w, 0])
        size = _push(keys, loads, size, windows[w, 1], _ON * _MANY + who)
        size = _push(keys, loads, size, windows[w, 2], _OFF * _MANY + who)
    while arrival < count or size > 0:
        call: Any = -1
        agent: Any = -1
        kind: Any = -1
        if arrival < count and (size == 0 or come_at[arrival] < keys[0]):
            call, now = arrival, come_at[arrival]
            arrival += 1
        else:
            now, load = keys[0], loads[0]
            size = _drop_first(keys, loads, size)
            kind = load // _MANY
            item = load % _MANY
            if kind == _DONE:
                agent = item
                busy[agent] = False
                if with_interpreter[agent]:
                    with_interpreter[agent] = False
                    interpreters += 1
                if on_duty[agent]:
                    idle += 1
                    idle_since[agent] = now
                else:
                    continue
            elif kind == _GIVE_UP:
                if state[item] == WAITING:
                    state[item] = GAVE_UP
                    left_at[item] = now
                    waiting[skill[item]] -= 1
                    again = now + calls_again_s[item]
                    if again < np.inf and total < cap:
                        parent[total], skill[total] = item, skill[item]
                        size = _push(keys, loads, size, again, _AGAIN * _MANY + total)
                        total += 1
                continue
            elif kind == _ON:
                agent = item
                if not on_duty[agent]:
                    on_duty[agent] = True
                    for k in range(skills):
                        able[k] += (mask[agent] >> k) & 1
                    if busy[agent]:
                        continue
                    idle += 1
                    idle_since[agent] = now
                else:
                    continue
            elif kind == _OFF:
                if on_duty[item]:
                    on_duty[item] = False
                    for k in range(skills):
                        able[k] -= (mask[item] >> k) & 1
                    if not busy[item]:
                        idle -= 1
                continue
            elif kind == _AGAIN:
                call = item
                come_at[call] = now
            else:
                call = item  # may now be taken with an interpreter
                if state[call] != WAITING:
                    continue

        if call >= 0:  # a call looks for an operator
            k = skill[call]
            wanted = k
            with_help = kind == _ESCALATE
            if with_help:
                wanted = 0
                if interpreters <= 0:
                    _append(escalated, call, following_e, heads, tails)
                    continue
            best: Any = -1
            best_breadth: Any = 0
            best_since = np.inf
            if idle > 0:
                for a in range(agents):
                    if busy[a] or not on_duty[a] or not (mask[a] >> wanted) & 1:
                        continue
                    b = breadth[a] if fewest_skills_first else 0
                    earlier = b == best_breadth and idle_since[a] < best_since
                    if best < 0 or b < best_breadth or earlier:
                        best, best_breadth, best_since = a, b, idle_since[a]
            if best < 0:
                if with_help:
                    _append(escalated, call, following_e, heads, tails)
                    continue
                wait = (waiting[k] + 1) * aht_s[k] / max(able[k], 1)
                if takes_callback[call] and wait > callback_wait_s:
                    state[call] = CALLBACK
                    _append(skills + k, call, following, heads, tails)
                    continue
                state[call] = WAITING
                waiting[k] += 1
                _append(k, call, following, heads, tails)
                if patience_s[k] < np.inf:
                    leaves = now + patience[call] * patience_s[k]
                    size = _push(keys, loads, size, leaves, _GIVE_UP * _MANY + call)
                if k > 0 and escalate_s < np.inf:
                    size = _push(keys, loads, size, now + escalate_s, _ESCALATE * _MANY + call)
                continue
            agent = best
        else:  # an operator looks for a call
            best_rank, best_come, with_help = -1, np.inf, False
            for k in range(skills):
                if waiting[k] > 0 and (mask[agent] >> k) & 1:
                    head = _first_waiting(k, state, following, WAITING, heads)
                    later = priority[k] == best_rank and come_at[head] < best_come
                    if call < 0 or priority[k] > best_rank or later:
                        call, best_rank, best_come = head, priority[k], come_at[head]
            if interpreters > 0 and mask[agent] & 1:
                head = _first_waiting(escalated, state, following_e, WAITING, heads)
                if head >= 0:
                    rank = priority[skill[head]]
                    later = rank == best_rank and come_at[head] < best_come
                    if call < 0 or rank > best_rank or later:
                        call, best_rank, best_come = head, rank, come_at[head]
                        with_help = not (mask[agent] >> skill[head]) & 1
            if call < 0:
                for k in range(skills):
                    if (mask[agent] >> k) & 1:
                        head = _first_waiting(skills + k, state, following, CALLBACK, heads)
                        if head >= 0 and come_at[head] < best_come:
                            call, best_come = head, come_at[head]
            if call < 0:
                continue

        if state[call] == WAITING:
            waiting[skill[call]] -= 1
        state[call] = CALLED_BACK if state[call] == CALLBACK else ANSWERED
        answered_at[call], by[call], interpreted[call] = now, agent, with_help
        busy_s[call] = talk[call] * aht_s[skill[call]] * (slower if with_help else 1.0)
        if with_help:
            interpreters -= 1
            with_interpreter[agent] = True
        busy[agent] = True
        idle -= 1
        done = now + busy_s[call]
        left_at[call] = done
        size = _push(keys, loads, size, done, _DONE * _MANY + agent)
        if fails_again_s[call] < np.inf and total < cap:
            parent[total], skill[total] = call, skill[call]
            again = done + fails_again_s[call]
            size = _push(keys, loads, size, again, _AGAIN * _MANY + total)
            total += 1
    return state, answered_at, busy_s, by, interpreted, parent, left_at, total
