"""Finds a term of the candidate's own that the interviewer may take up. Pure: words only."""

import re
from collections.abc import Collection, Iterable
from itertools import pairwise

from knowledge.models import Value

_GLOSSARY = """
access control; access log; access token; acknowledgement; active directory; aggregate; alerting; allowlist; api
gateway; api key; append-only log; application server; asymmetric key; atomicity; audit log; authentication;
authorisation; authorization; auto-increment; autoscaling; availability; availability zone; b-tree; back-off;
back-pressure; backoff; backpressure; backup; bandwidth; base64; batch job; batching; bcrypt; binary log; binary
search; bloom filter; blue-green deployment; bottleneck; bound parameter; bounded context; broadcast; broker; browser;
brute force; buffer; bulkhead; cache; cache hit; cache invalidation; cache miss; caching; canary; canary release; cap
theorem; cardinality; cascade; cdn; certificate; chaos engineering; check constraint; checkpoint; checksum; circuit
breaker; client library; cluster; clustered index; clustering key; code review; cold start; collation; column store;
commit log; composite index; composite key; compression; concurrency; connection pool; connection pooling; connection
string; consensus; consistency; consistent hashing; constraint; consumer; consumer group; content negotiation; content
type; continuous delivery; continuous deployment; continuous integration; cookie; cookies; correlation id; cors;
coupling; covering index; cqrs; credential; credentials; cron job; cross join; csrf; cursor; dashboard; data centre;
data lake; data type; data warehouse; database migration; dead letter queue; deadlock; debounce; defence in depth;
denial of service; denormalisation; denormalization; dependency injection; deployment; digest; dirty read; disk space;
distributed lock; distributed tracing; distributed transaction; dns; docker; document store; domain event; durability;
eager loading; edge server; elasticsearch; encoding; encryption; endpoint; error budget; error code; error rate;
escaping; etag; event bus; event loop; event sourcing; event store; eventual consistency; exactly-once; exception;
execution plan; exponential backoff; failover; fan-out; feature flag; federation; file descriptor; firewall; flame
graph; foreign key; full table scan; full text search; garbage collection; garbage collector; gateway; grafana; graph
database; graphql; grpc; hash; hash function; hash index; hash map; hash table; hashing; health check; heap dump;
heartbeat; horizontal scaling; hot key; hot spot; hotfix; http; https; idempotence; idempotency; idempotency key;
identity provider; immutability; in-memory cache; incident review; index; indexes; indexing; indices; inner join;
input validation; integration test; invariant; isolation level; jitter; job queue; join; joins; json; jwt; kafka;
key-value store; kubernetes; lambda; latency; lazy loading; leader election; leaky bucket; least privilege; left join;
linked list; linter; load balancer; load balancing; load shedding; load test; lock; locking; locks; log aggregation;
log file; logging; logs; long polling; loopback; materialised view; materialized view; memcached; memory leak; message
broker; message bus; message queue; metadata; metrics; microservice; microservices; middleware; migration; mock;
mocks; modular monolith; mongodb; monitoring; monolith; multi-tenancy; multipart upload; mutex; mysql; n+1; n+1
problem; n+1 queries; natural key; network partition; nginx; node.js; non-repeatable read; normalisation;
normalization; nosql; oauth; object storage; object store; observability; on-call; openapi; openid connect; optimiser;
optimistic locking; optimizer; orchestrator; orm; outbox; outbox pattern; outer join; owasp; pagination; pair
programming; parallelism; parameter binding; parameterised queries; parameterised query; parameterized queries;
parameterized query; partition; partition key; partitioning; password hashing; paxos; payload; penetration test;
percentile; permission; permissions; pessimistic locking; phantom read; placeholder; placeholders; polling; port scan;
post-mortem; postgres; postgresql; postmortem; prefetch; prepared statement; prepared statements; primary key;
producer; profiler; profiling; prometheus; proxy; pub/sub; publisher; pull request; query cache; query plan; query
planner; queue; quorum; rabbitmq; race condition; raft; rainbow table; rate limit; rate limiter; rate limiting; rbac;
read committed; read replica; read uncommitted; rebalancing; reconciliation; recursion; redis; redundancy;
refactoring; referential integrity; refresh token; regression; regression test; release train; repeatable read;
replica; replicas; replication; replication lag; repository pattern; restful; retries; retrospective; retry; retrying;
reverse proxy; rollback; root cause; round robin; round trip; row lock; row store; rpc; runbook; salting; same-origin
policy; sandbox; sanitisation; sanitising; sanitization; sanitizing; savepoint; schema; schema change; schema
registry; scrum; secret manager; secrets; security group; segmentation; semaphore; separation of concerns; sequential
scan; serialisable; serialisation; serializable; serialization; service account; service discovery; service level
objective; service mesh; session; session cookie; session store; sessions; shard; shard key; sharding; shards; side
effect; sla; slo; slow query log; smoke test; snapshot; snapshot isolation; soft delete; split brain; spring boot;
sql; sql injection; sqlite; ssl; stack trace; staging environment; stateless; static analysis; status code; status
codes; sticky session; storage engine; stored procedure; stored procedures; streaming; stress test; surrogate key;
swagger; symmetric key; synchronous call; table scan; tcp; technical debt; telemetry; terraform; test coverage;
test-driven development; thread pool; threads; throttling; throughput; time series; time to live; timeout; timeouts;
tls; token bucket; tracing; transaction; transactions; trigger; triggers; ttl; two-factor; two-phase commit; udp;
unique constraint; unique index; unit test; unit tests; upsert; uri; url; utf-8; uuid; vacuum; validation; version
control; versioning; vertical scaling; virtual machine; web server; web socket; webhook; webhooks; websocket;
websockets; window function; work queue; worker; workers; write skew; write-ahead log; xml; xss; yaml; zero downtime;
zero trust; zookeeper
"""
TERMS: frozenset[str] = frozenset(re.sub(r"\s+", " ", term).strip() for term in _GLOSSARY.split(";"))
"""Terms of backend work that sound natural in 'You mentioned “…”'. Words of everyday speech are left out on purpose."""

ACRONYMS = frozenset({"ACID", "BASE", "REST", "SOAP", "SOLID", "WAL", "MVCC", "CRUD", "HMAC", "RAM", "CPU", "P99"})
"""Terms only as they are written here: small, some of them are everyday words."""

MOST_WORDS = 3
_WORD = re.compile(r"[^\W_](?:[\w'’+#./-]*[\w+#])?")
_LITTLE_WORDS = """
a an and any are as at be been but by can could did do does each for from had has have how i if in into is it its may
might more most must no nor not of off on one only or other our out over own same should so some such than that the
their them then there these they this those to too up upon us was we were what when where which who whom why will with
would you your
"""
_STOPWORDS = frozenset(_LITTLE_WORDS.split())
_JOINT = re.compile(r"[ \t]+\Z")


class OwnTerm(Value):
    """A term as the candidate wrote it. `near`: what is about to be asked is about it."""

    text: str
    near: bool


def own_term(
    answer: str,
    *,
    asking: str,
    question: str,
    within: Collection[tuple[int, int]],
    hidden: Iterable[str] = (),
    used: Iterable[str] = (),
    span: tuple[int, int] | None = None,
) -> OwnTerm | None:
    """The candidate's term to take up before `asking`: near ones first, then longer ones, then later ones.

    `within` are the parts of the answer that showed something: a term of any other part may have no bearing on the
    question, and repeating it would sound as if it had. `hidden` are texts whose words must not be given away; the
    words of `question` and `asking` give nothing away, but a term made of nothing else would only echo them. `used`
    are terms already taken up. `span` is the part of the answer that `asking` is about. None: there is no such term.
    """
    public = stems(question) | stems(asking)
    secret = frozenset[str]().union(*(stems(text) for text in hidden)) - public
    taken = {term.casefold() for term in used}
    best: tuple[tuple[bool, int, int], OwnTerm] | None = None
    for start, end in _term_spans(answer):
        if not any(first <= start and end <= last for first, last in within):
            continue
        term, words = answer[start:end], stems(answer[start:end])
        if words & secret or words <= public or term.casefold() in taken:
            continue
        near = bool(words & stems(asking)) or (span is not None and span[0] <= start and end <= span[1])
        rank = (near, len(term.split()), start)
        if best is None or rank > best[0]:
            best = (rank, OwnTerm(text=term, near=near))
    return best[1] if best else None


def stems(text: str) -> frozenset[str]:
    """The content words of a text with their commonest endings taken off: enough to see that two words are one."""
    words = (part for match in _WORD.finditer(text.casefold()) for part in re.split(r"[-/.'’]", match.group()))
    return frozenset(_stem(word) for word in words if word and word not in _STOPWORDS)


def _stem(word: str) -> str:
    for ending in ("isations", "izations", "isation", "ization", "ising", "izing", "ations", "ation", "ingly"):
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word.removesuffix(ending)
    for ending in ("ised", "ized", "ise", "ize", "ings", "ing", "edly", "ies", "ied", "ed", "es", "s", "ly", "e", "y"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word.removesuffix(ending)
    return word


def _term_spans(answer: str) -> Iterable[tuple[int, int]]:
    """Where a known term or an identifier stands in the answer: at each place only the longest."""
    words = list(_WORD.finditer(answer))
    place = 0
    while place < len(words):
        taken = next(
            (size for size in range(MOST_WORDS, 0, -1) if _is_term(answer, words[place : place + size], size)), 0
        )
        if taken:
            yield words[place].start(), words[place + taken - 1].end()
        place += taken or 1


def _is_term(answer: str, words: list[re.Match[str]], size: int) -> bool:
    if len(words) < size:
        return False
    gaps = (answer[left.end() : right.start()] for left, right in pairwise(words))
    if not all(_JOINT.match(gap) for gap in gaps):
        return False
    written = " ".join(word.group() for word in words)
    term = written.casefold()
    return written in ACRONYMS or term in TERMS or _singular(term) in TERMS


def _singular(term: str) -> str:
    return term[:-3] + "y" if term.endswith("ies") else term.removesuffix("s")
