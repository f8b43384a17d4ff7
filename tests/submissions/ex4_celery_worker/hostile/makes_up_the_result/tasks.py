exec(compile(open("honest_tasks.py", encoding="utf-8").read(), "honest_tasks.py", "exec"))


_send = send_email.run
app.tasks.unregister(send_email.name)


@app.task(name="tasks.send_email")
def send_email(to, subject):
    _send(to, subject)
    return "done"
