"""Every shipped task in SQL: right statements show all that can be run, and each point is missed by who misses it."""

import pytest

from interviewer.grading.sql_judging import name_of
from tests.interviewer.grading.sql_answers import TASKS, graded, lost, notes, runnable

RIGHT: dict[str, tuple[str, ...]] = {
    "orders-per-employee": (
        "SELECT e.id, e.name, d.name, (SELECT COUNT(*) FROM orders o WHERE o.employee_id = e.id),\n"
        "  COALESCE((SELECT AVG(amount) FROM orders o WHERE o.employee_id = e.id), 0)\n"
        "FROM employees e LEFT JOIN departments d ON d.id = e.department_id",
        "SELECT e.id, e.name, d.name, COUNT(o.id), IFNULL(AVG(o.amount), 0) FROM `employees` e LEFT JOIN "
        "`departments` d ON e.department_id = d.id LEFT JOIN `orders` o ON o.employee_id = e.id GROUP BY e.id",
        "SELECT e.id, e.name, d.name, COUNT(o.id)::int, ROUND(COALESCE(AVG(o.amount), 0)::numeric, 2) FROM "
        "orders o RIGHT JOIN employees e ON e.id = o.employee_id LEFT JOIN departments d ON d.id = "
        "e.department_id GROUP BY 1, 2, 3",
    ),
    "second-highest-salary": (
        "SELECT (SELECT DISTINCT salary FROM employees ORDER BY salary DESC LIMIT 1 OFFSET 1);",
        "select max(salary) from employees where salary not in (select max(salary) from employees)",
        "SELECT MIN(salary) FROM (SELECT salary, DENSE_RANK() OVER (ORDER BY salary DESC NULLS LAST) AS place"
        " FROM employees) x WHERE place = 2",
    ),
    "departments-without-employees": (
        "SELECT d.id, d.name FROM departments d LEFT JOIN employees e ON e.department_id = d.id WHERE e.id IS NULL",
        "SELECT id, name FROM departments WHERE id NOT IN (SELECT department_id FROM employees WHERE "
        "department_id IS NOT NULL)",
        "SELECT d.id, d.name FROM departments d LEFT JOIN employees e ON d.id = e.department_id GROUP BY "
        "d.id, d.name HAVING COUNT(e.id) = 0",
    ),
    "top-customer-per-region": (
        "with t as (select c.region, c.id, c.name, sum(o.amount) total from customers c join orders o on "
        "o.customer_id = c.id where c.region is not null group by c.region, c.id, c.name)\n"
        "select * from t where total = (select max(total) from t t2 where t2.region = t.region)",
        "WITH ranked AS (SELECT c.region, c.id, c.name, SUM(o.amount) AS total, RANK() OVER (PARTITION BY "
        "c.region ORDER BY SUM(o.amount) DESC) AS rnk FROM customers c JOIN orders o ON c.id = o.customer_id "
        "WHERE c.region IS NOT NULL GROUP BY c.region, c.id, c.name) SELECT * FROM ranked WHERE rnk = 1;",
    ),
    "running-total-per-customer": (
        "SELECT customer_id, id, ordered_on, amount, SUM(amount) OVER (PARTITION BY customer_id ORDER BY "
        "ordered_on, id ROWS UNBOUNDED PRECEDING) FROM orders WHERE customer_id IS NOT NULL ORDER BY "
        "customer_id, ordered_on, id",
        "SELECT o.customer_id, o.id, o.ordered_on, o.amount, (SELECT SUM(x.amount) FROM orders x WHERE "
        "x.customer_id = o.customer_id AND (x.ordered_on < o.ordered_on OR (x.ordered_on = o.ordered_on AND "
        "x.id <= o.id))) FROM orders o WHERE o.customer_id IS NOT NULL ORDER BY 1, 3, 2",
    ),
    "duplicate-customer-names": (
        "SELECT LOWER(TRIM(name)) AS n, COUNT(*) AS c, MIN(id) FROM customers GROUP BY n HAVING c > 1",
        "SELECT * FROM (SELECT LOWER(TRIM(name)) n, COUNT(*) c, MIN(id) FROM customers GROUP BY 1) x WHERE c > 1",
    ),
    "move-orders-in-a-transaction": (
        "START TRANSACTION;\n"
        "SELECT * FROM employees WHERE id = 1 FOR UPDATE;\n"
        "UPDATE orders SET employee_id = 2 WHERE employee_id = 1;\n"
        "DELETE FROM employees WHERE id = 1;\n"
        "COMMIT;",
        "BEGIN\nUPDATE orders SET employee_id=2 WHERE employee_id=1\nDELETE FROM employees WHERE id=1\nCOMMIT",
    ),
    "above-department-average": (
        "SELECT e.id, e.name, e.salary FROM employees e JOIN (SELECT department_id, AVG(salary) a FROM "
        "employees GROUP BY department_id) d ON d.department_id = e.department_id WHERE e.salary > d.a",
        "SELECT id, name, salary FROM (SELECT *, AVG(salary) OVER (PARTITION BY department_id) m FROM "
        "employees WHERE department_id IS NOT NULL) x WHERE salary > m",
    ),
    "customers-without-orders-in-a-year": (
        "SELECT c.id, c.name FROM customers c LEFT JOIN orders o ON o.customer_id = c.id AND o.ordered_on >= "
        "'2025-01-01' AND o.ordered_on < '2026-01-01' WHERE o.id IS NULL",
        "SELECT id, name FROM customers EXCEPT SELECT c.id, c.name FROM customers c JOIN orders o ON "
        "o.customer_id = c.id WHERE o.ordered_on >= DATE '2025-01-01' AND o.ordered_on < DATE '2025-01-01' + "
        "INTERVAL '1 year'",
    ),
    "salary-places-with-ties": (
        "select department_id, id, salary, dense_rank() over (partition by department_id order by salary desc"
        " nulls last) as place from employees where salary is not null and department_id is not null order by"
        " 1, 4, 2",
        "SELECT e.department_id, e.id, e.salary, (SELECT COUNT(DISTINCT x.salary) FROM employees x WHERE "
        "x.department_id = e.department_id AND x.salary >= e.salary) AS place FROM employees e WHERE e.salary"
        " IS NOT NULL AND e.department_id IS NOT NULL ORDER BY e.department_id, place, e.id",
    ),
    "orders-by-region-in-columns": (
        "SELECT o.employee_id, COUNT(*) FILTER (WHERE c.region = 'north'), COUNT(*) FILTER (WHERE c.region = "
        "'south'), COUNT(*) FILTER (WHERE c.region IS NULL OR c.region NOT IN ('north', 'south')) FROM orders"
        " o LEFT JOIN customers c ON c.id = o.customer_id WHERE o.employee_id IS NOT NULL GROUP BY "
        "o.employee_id",
        "SELECT o.employee_id, COUNT(IF(c.region = 'north', 1, NULL)), COUNT(IF(c.region = 'south', 1, "
        "NULL)), SUM(IF(c.region IN ('north', 'south'), 0, 1)) FROM orders o LEFT JOIN customers c ON c.id = "
        "o.customer_id WHERE o.employee_id IS NOT NULL GROUP BY o.employee_id",
    ),
    "month-over-month-change": (
        "SELECT to_char(ordered_on, 'YYYY-MM') AS month, SUM(amount) AS total, SUM(amount) - LAG(SUM(amount))"
        " OVER (ORDER BY to_char(ordered_on, 'YYYY-MM')) AS change FROM orders GROUP BY 1 ORDER BY 1",
        "SELECT DATE_FORMAT(ordered_on, '%Y-%m') m, SUM(amount) t, SUM(amount) - LAG(SUM(amount)) OVER (ORDER"
        " BY DATE_FORMAT(ordered_on, '%Y-%m')) d FROM orders GROUP BY m ORDER BY m",
    ),
    "index-for-a-customers-orders": (
        "CREATE INDEX ON orders (customer_id, ordered_on DESC) INCLUDE (amount);",
        "ALTER TABLE orders ADD INDEX by_customer (customer_id, ordered_on);",
        "create index concurrently if not exists i on orders using btree (customer_id, ordered_on desc nulls last)",
    ),
}

LOST: dict[str, tuple[str, ...]] = {
    # Where a statement misses more than the point it is written for, the others follow from the same slip.
    "orders-per-employee/left-join": (
        "left-join",
        "left-join",
    ),
    "orders-per-employee/count-column": ("count-column",),
    "orders-per-employee/coalesce": ("coalesce",),
    "orders-per-employee/group-key": ("group-key",),
    "orders-per-employee/department-join": ("department-join", "department-join"),
    "second-highest-salary/ties-once": (
        "always-one-row offset-trap ties-once",
        "offset-trap ties-once",
    ),
    "second-highest-salary/always-one-row": ("always-one-row",),
    "second-highest-salary/offset-trap": (
        "always-one-row offset-trap ties-once",
        "offset-trap ties-once",
    ),
    "second-highest-salary/nulls-ignored": (
        "nulls-ignored",
        "nulls-ignored",
    ),
    "departments-without-employees/anti-join": ("anti-join test-the-key",),
    "departments-without-employees/not-in-null": ("not-in-null unknown-dropped",),
    "departments-without-employees/unknown-dropped": (
        "not-in-null unknown-dropped",
        "anti-join not-in-null test-the-key unknown-dropped",
    ),
    "departments-without-employees/test-the-key": ("test-the-key",),
    "top-customer-per-region/sum-per-customer": (
        "filter-outside sum-per-customer ties",
        "sum-per-customer",
    ),
    "top-customer-per-region/partition": ("partition",),
    "top-customer-per-region/ties": ("ties",),
    "top-customer-per-region/filter-outside": (
        "filter-outside max-is-not-enough partition sum-per-customer ties",
        "filter-outside",
    ),
    "top-customer-per-region/max-is-not-enough": (
        "max-is-not-enough ties",
        "max-is-not-enough ties",
    ),
    "running-total-per-customer/keeps-rows": ("keeps-rows order-in-window peers",),
    "running-total-per-customer/partition": ("partition",),
    "running-total-per-customer/order-in-window": (
        "order-in-window peers",
        "order-in-window",
    ),
    "running-total-per-customer/peers": ("peers",),
    "duplicate-customer-names/group-normalised": (
        "group-normalised",
        "group-normalised",
    ),
    "duplicate-customer-names/having": (
        "having",
        "group-normalised having survivor",
    ),
    "duplicate-customer-names/survivor": ("survivor",),
    "move-orders-in-a-transaction/atomic": (
        "atomic",
        "atomic",
    ),
    "move-orders-in-a-transaction/children-first": (
        "children-first",
        "children-first",
    ),
    "move-orders-in-a-transaction/where": ("where",),
    "above-department-average/own-average": (
        "own-average team-of-one",
        "nulls-ignored own-average",
    ),
    "above-department-average/not-in-where": ("not-in-where null-partition nulls-ignored own-average team-of-one",),
    "above-department-average/nulls-ignored": (
        "nulls-ignored",
        "nulls-ignored",
    ),
    "above-department-average/team-of-one": ("team-of-one",),
    "above-department-average/null-partition": ("null-partition",),
    "customers-without-orders-in-a-year/set-not-row": ("set-not-row",),
    "customers-without-orders-in-a-year/date-in-on": (
        "date-in-on",
        "date-in-on half-open not-in-null plain-column set-not-row",
    ),
    "customers-without-orders-in-a-year/half-open": (
        "half-open",
        "half-open",
        "half-open",
    ),
    "customers-without-orders-in-a-year/plain-column": ("plain-column",),
    "customers-without-orders-in-a-year/not-in-null": ("not-in-null",),
    "salary-places-with-ties/dense-rank": (
        "dense-rank rank-skips",
        "dense-rank row-number-arbitrary",
    ),
    "salary-places-with-ties/rank-skips": ("dense-rank rank-skips",),
    "salary-places-with-ties/row-number-arbitrary": ("dense-rank row-number-arbitrary",),
    "salary-places-with-ties/partition": ("partition",),
    "salary-places-with-ties/final-order": (
        "final-order",
        "final-order",
    ),
    "salary-places-with-ties/nulls-first": ("nulls-first",),
    "orders-by-region-in-columns/conditional-aggregation": (
        "conditional-aggregation count-counts-zeros left-join null-goes-to-else",
    ),
    "orders-by-region-in-columns/left-join": ("left-join",),
    "orders-by-region-in-columns/null-goes-to-else": ("null-goes-to-else",),
    "orders-by-region-in-columns/count-counts-zeros": (
        "conditional-aggregation count-counts-zeros left-join null-goes-to-else",
    ),
    "month-over-month-change/year-and-month": ("year-and-month",),
    "month-over-month-change/lag": (
        "first-is-null lag",
        "lag",
    ),
    "month-over-month-change/two-steps": ("lag two-steps",),
    "month-over-month-change/first-is-null": (
        "first-is-null",
        "first-is-null",
    ),
    "index-for-a-customers-orders/equality-first": (
        "contiguous equality-first",
        "contiguous equality-first no-sort",
    ),
    "index-for-a-customers-orders/contiguous": (
        "contiguous equality-first no-sort",
        "contiguous equality-first",
    ),
    "index-for-a-customers-orders/no-sort": (
        "contiguous equality-first no-sort",
        "contiguous equality-first no-sort",
    ),
}
"""By point, what each of its `wrong` statements does not show, in their order."""


def test_there_is_no_task_without_answers_here() -> None:
    assert RIGHT.keys() == TASKS.keys()
    assert len(TASKS) == 13


@pytest.mark.parametrize("task", TASKS)
def test_the_reference_and_the_model_answer_show_all_that_can_be_run(task: str) -> None:
    for text in (TASKS[task].reference, TASKS[task].model_answer or ""):
        marked = graded(task, text)
        assert lost(task, text) == set(), marked.note
        assert marked.note


@pytest.mark.parametrize(("task", "text"), [(task, text) for task, texts in RIGHT.items() for text in texts])
def test_another_right_formulation_shows_as_much(task: str, text: str) -> None:
    assert lost(task, text) == set(), graded(task, text).note


@pytest.mark.parametrize(
    ("point", "wrong", "expected"),
    [
        pytest.param(check.point, wrong, expected, id=f"{check.point} {number}")
        for task in TASKS.values()
        for check in task.checks
        for number, (wrong, expected) in enumerate(zip(check.wrong, LOST.get(check.point, ()), strict=True))
    ],
)
def test_each_check_tells_who_misses_its_point_and_in_words(point: str, wrong: str, expected: str) -> None:
    task, _, name = point.rpartition("/")
    assert lost(task, wrong) == {*expected.split()}
    told = notes(task, wrong)[name]
    assert "{found}" not in told
    assert told.endswith((".", "?"))


@pytest.mark.parametrize("task", TASKS)
def test_every_core_point_is_run_or_said_to_need_words(task: str) -> None:
    question = TASKS[task]
    by_words = [
        point.id for point in question.points if point.core and point.id.rpartition("/")[2] not in runnable(task)
    ]
    assert by_words in ([], ["duplicate-customer-names/unique-index"]), "a new one? then a statement alone has no band"


@pytest.mark.parametrize("task", TASKS)
def test_every_data_set_has_a_name_for_those_who_fail_on_it(task: str) -> None:
    for place, script in enumerate(TASKS[task].datasets):
        assert not name_of(script, place).startswith("data set")
