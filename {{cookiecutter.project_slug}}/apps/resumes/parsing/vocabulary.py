"""The words that the local parser knows."""

import re

MONTHS = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"),
        start=1,
    )
}

_HEADINGS_BY_KIND = {
    "skills": (
        "skills",
        "key skills",
        "technical skills",
        "core skills",
        "core competencies",
        "technologies",
    ),
    "experience": (
        "experience",
        "work experience",
        "professional experience",
        "employment",
        "employment history",
        "work history",
    ),
    "education": ("education", "education and training", "academic background", "studies"),
    "other": (
        "certifications",
        "contact",
        "curriculum vitae",
        "cv",
        "hobbies",
        "interests",
        "languages",
        "personal details",
        "profile",
        "projects",
        "publications",
        "references",
        "resume",
        "summary",
    ),
}
HEADINGS = {heading: kind for kind, headings in _HEADINGS_BY_KIND.items() for heading in headings}

# Everyday words and single letters (Go, C, R) are left out: they count where skills are listed.
_SKILL_NAMES = (
    ".NET",
    "Accounting",
    "Agile",
    "Angular",
    "Ansible",
    "AWS",
    "Azure",
    "Bookkeeping",
    "C#",
    "C++",
    "Celery",
    "CSS",
    "Customer service",
    "Data analysis",
    "Django",
    "Docker",
    "Elasticsearch",
    "Excel",
    "FastAPI",
    "Figma",
    "Flask",
    "GCP",
    "Git",
    "GraphQL",
    "HTML",
    "Java",
    "JavaScript",
    "Jenkins",
    "Kafka",
    "Kotlin",
    "Kubernetes",
    "Linux",
    "Machine learning",
    "Marketing",
    "MongoDB",
    "MySQL",
    "Negotiation",
    "Node.js",
    "NumPy",
    "Pandas",
    "Photoshop",
    "PHP",
    "PostgreSQL",
    "Power BI",
    "Project management",
    "Python",
    "PyTorch",
    "RabbitMQ",
    "React",
    "Redis",
    "Ruby",
    "Rust",
    "Sales",
    "Salesforce",
    "SAP",
    "Scala",
    "Scrum",
    "SEO",
    "Spring",
    "SQL",
    "Swift",
    "Tableau",
    "TensorFlow",
    "Terraform",
    "TypeScript",
    "Vue",
)
SKILLS = {
    name: re.compile(rf"(?<![\w+#.]){re.escape(name)}(?![\w+#])", re.IGNORECASE)
    for name in _SKILL_NAMES
}
