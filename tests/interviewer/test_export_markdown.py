"""What a person keeps of an interview as Markdown, where no mark was given."""

from interviewer.export import to_markdown
from interviewer.models import Finish, LeaveUnmarked
from tests.factories import Log, question, ungraded


def test_a_question_left_unmarked_comes_with_a_list_to_check_oneself_by() -> None:
    log = Log().started().asked().answered().marked(ungraded("needs_model")).said(LeaveUnmarked(reason="needs_model"))
    text = to_markdown(log.said(Finish(reason="completed")).finished().events)
    assert "- [ ] core: The answer names one." in text
    assert "- [ ] The answer names three." in text
    assert "A model answer to q." in text


def test_a_task_in_sql_keeps_the_lines_of_its_tables() -> None:
    task = question(kind="sql", ddl="CREATE TABLE t (\n  id INTEGER\n);\n", datasets=(), reference="SELECT 1")
    assert "```sql\nCREATE TABLE t (\n  id INTEGER\n);\n```" in to_markdown(Log().started().asked(task).events)
