"""The development runner leaves nothing behind, whatever way it ends, and keeps things running."""

import os
import signal
from pathlib import Path

import pytest
from django.core.management.base import CommandError

from background.dispatch import dispatch
from config.processes import processes
from operations.dev.state import RunningError, alone_in
from operations.management.commands.dev import require_free_ports
from tests.operations.conftest import Start
from tests.operations.players import BROKEN, BUSY, DEAF, IDLE, ONCE, PARENT, pids, player
from tests.operations.watching import descendants, is_alive
from tests.sample.models import Parcel
from tests.support.waiting import wait_until


def test_ctrl_c_lets_processes_finish_and_leaves_none(start_stage: Start) -> None:
    stage = start_stage({"busy": player(BUSY), "parent": player(PARENT)}, server=True)
    started = descendants(stage.pid)

    stage.signal(signal.SIGINT)

    assert stage.wait() == 0
    assert "finished" in stage.output
    assert len(started) >= 4
    assert not [pid for pid in started if is_alive(pid)]


def test_a_second_ctrl_c_stops_at_once(start_stage: Start) -> None:
    stage = start_stage({"deaf": player(DEAF)}, grace=60, server=True)
    started = descendants(stage.pid)

    stage.signal(signal.SIGINT)
    # The echo of a Ctrl-C, which `uv run` hands on, is none; a third one would meet Python's end.
    wait_until(lambda: "stopping at once" in stage.output or stage.signal(signal.SIGINT), every=1)

    assert stage.wait(5) == 0
    assert not [pid for pid in started if is_alive(pid)]


def test_a_closed_terminal_is_a_ctrl_c(start_stage: Start) -> None:
    stage = start_stage({"idle": player(IDLE)})

    stage.signal(signal.SIGHUP)

    assert stage.wait() == 0


def test_a_killed_runner_leaves_no_process(start_stage: Start) -> None:
    stage = start_stage({"deaf": player(DEAF), "parent": player(PARENT)}, server=True)
    started = descendants(stage.pid)

    stage.signal(signal.SIGKILL)

    wait_until(lambda: not [pid for pid in started if is_alive(pid)])


def test_a_process_that_dies_is_started_again(start_stage: Start) -> None:
    stage = start_stage({"idle": player(IDLE)})
    [pid] = pids(stage)

    os.kill(pid, signal.SIGKILL)

    wait_until(lambda: len(pids(stage)) == 2)
    assert "idle died by itself (SIGKILL); starting again in 1 s" in stage.output


def test_a_process_that_does_not_start_ends_it_with_its_last_words(start_stage: Start) -> None:
    stage = start_stage({"idle": player(IDLE), "broken": player(BROKEN)}, ready=False)

    assert stage.wait() == 1
    assert "broken ended while starting; it said last:" in stage.output
    assert stage.output.rstrip().endswith("no such thing")
    assert not [pid for pid in pids(stage) if is_alive(pid)]


def test_what_runs_first_ends_before_the_processes_start(start_stage: Start) -> None:
    stage = start_stage({"idle": player(IDLE)}, before={"once": player(ONCE)})

    assert stage.output.index("once | done") < stage.output.index("idle | up")
    assert not is_alive(pids(stage)[0])


def test_nothing_is_started_when_what_runs_first_fails(start_stage: Start) -> None:
    stage = start_stage(
        {"idle": player(IDLE)}, before={"once": player(BROKEN)}, server=True, ready=False
    )

    assert stage.wait() == 1
    assert "once   | no such thing" in stage.output
    assert stage.output.splitlines()[-1].startswith("once failed (exit status 1), so nothing else")
    assert "idle   |" not in stage.output
    assert not [pid for pid in pids(stage) if is_alive(pid)]


def test_ctrl_c_lets_what_runs_first_tidy_up(start_stage: Start) -> None:
    stage = start_stage(
        {"idle": player(IDLE)}, before={"once": player(BUSY)}, server=True, ready=False
    )
    stage.wait_for_output("| up")
    started = descendants(stage.pid)

    stage.signal(signal.SIGINT)

    assert stage.wait() == 0
    assert "once   | finished" in stage.output
    assert "idle   |" not in stage.output
    assert not [pid for pid in started if is_alive(pid)]


def test_a_change_of_code_restarts_what_runs_it(start_stage: Start, tmp_path: Path) -> None:
    code = tmp_path / "code"
    code.mkdir()
    stage = start_stage({"idle": player(IDLE)}, watched=(code,))
    [before] = pids(stage)

    (code / "notes.md").write_text("No code")
    (code / "views.py").write_text("CODE = True")

    wait_until(lambda: "restarted in" in stage.output)
    assert "views.py changed: restarting idle" in stage.output
    assert not is_alive(before)
    assert len(pids(stage)) == 2


def test_work_that_takes_longer_is_handed_back(start_stage: Start, transactional_db: None) -> None:
    worker = processes(port=0)["worker"]
    stop = [signum.name for signum in worker.stop]
    stage = start_stage(
        {"worker": {"command": worker.command, "stop": stop, "node": worker.node}}, grace=2
    )
    parcel = Parcel.objects.create(behaviour="wait")
    dispatch(parcel)
    wait_until(lambda: Parcel.objects.get().status == Parcel.Status.PROCESSING)

    stage.signal(signal.SIGINT)

    assert stage.wait() == 0
    parcel.refresh_from_db()
    assert (parcel.status, parcel.crashes) == (Parcel.Status.PENDING, 0)


def test_one_folder_has_one_runner(tmp_path: Path) -> None:
    with (
        alone_in(tmp_path),
        pytest.raises(RunningError, match="runs here already"),
        alone_in(tmp_path),
    ):
        pass


def test_a_taken_port_is_one_line_with_a_way_out(web: str) -> None:
    taken = int(web.rpartition(":")[2])

    with pytest.raises(CommandError, match=rf"Port {taken} for web is taken.*--port \d+"):
        require_free_ports(processes(port=taken))
