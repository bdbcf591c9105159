"""What a seeker of the demo uploads: a page of PDF, with text that the local parser reads."""

from collections.abc import Sequence
from io import BytesIO
from random import Random

from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from apps.demo.content import CITIES, COMPANIES, TRADE_OF

MARGIN = 72  # points, as every length here
NAME_SIZE = 20
HEADING_SIZE = 12
TEXT_SIZE = 10

# A line with its size.
type Line = tuple[int, str]


def write_resume(random: Random, name: str, email: str, year: int) -> bytes:
    """A resume of one of the seekers, written in that year."""
    output = BytesIO()
    # Invariant: the same resume is the same file, whenever it is drawn.
    canvas = Canvas(output, pagesize=A4, invariant=True)
    canvas.setTitle(f"Resume of {name}")
    _draw(canvas, _lines(random, name, email, year))
    canvas.save()
    return output.getvalue()


def _lines(random: Random, name: str, email: str, year: int) -> list[Line]:
    trade = TRADE_OF[name]
    city, university = random.sample(CITIES[:-1], 2)
    before, now = random.sample(COMPANIES, 2)
    began = year - random.randint(2, 15)
    moved = random.randint(began + 1, year)
    skills = random.sample(trade.skills, random.randint(2, len(trade.skills)))
    # Telephone numbers that nobody has, kept for plays and films.
    phone = f"+44 20 7946 0{random.randint(100, 999)}"
    return [
        (NAME_SIZE, name),
        (TEXT_SIZE, f"{email}, {phone}, {city}"),
        (HEADING_SIZE, "Skills"),
        (TEXT_SIZE, ", ".join(skills)),
        (HEADING_SIZE, "Experience"),
        (TEXT_SIZE, f"{trade.name}, {now.name}, {moved} - present"),
        (TEXT_SIZE, f"{trade.name}, {before.name}, {began} - {moved}"),
        (HEADING_SIZE, "Education"),
        (TEXT_SIZE, f"University of {university}, {began - 4} - {began}"),
    ]


def _draw(canvas: Canvas, lines: Sequence[Line]) -> None:
    height = A4[1] - MARGIN
    for size, text in lines:
        height -= 1.6 * size
        canvas.setFont("Helvetica" if size == TEXT_SIZE else "Helvetica-Bold", size)
        canvas.drawString(MARGIN, height, text)
