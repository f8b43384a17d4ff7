# Übung 1 – der Bestell-Stand
import os
from itertools import count

import httpx
from fastapi import FastAPI, HTTPException
from pydantic import BaseModel

adresse = os.environ.get("USERS_URL", "http://127.0.0.1:8001")
geduld = float(os.environ.get("USERS_TIMEOUT", "2.0"))

app = FastAPI(title="Bestellungen 🍔")
klient = httpx.AsyncClient(base_url=adresse, timeout=geduld)
bestellungen = {}
nummern = count(1)


class Bestellung(BaseModel):
    user_id: int
    item: str


async def hole_benutzer(nummer: int) -> dict:
    try:
        antwort = await klient.get(f"/users/{nummer}")
    except httpx.TimeoutException:
        raise HTTPException(504, "Die Benutzerverwaltung ist zu langsam")
    except httpx.RequestError:
        raise HTTPException(503, "Die Benutzerverwaltung ist nicht erreichbar")
    if antwort.status_code == 404:
        raise HTTPException(404, f"Benutzer {nummer} gibt es nicht")
    if antwort.status_code != 200:
        raise HTTPException(502, "Die Benutzerverwaltung ist gestört")
    try:
        benutzer = antwort.json()
        assert "id" in benutzer and "email" in benutzer and isinstance(benutzer, dict)
    except (ValueError, TypeError, AssertionError):
        raise HTTPException(502, "Unverständliche Antwort")
    return benutzer


@app.get("/health")
async def gesund():
    return {"status": "ok"}


@app.post("/orders", status_code=201)
async def bestellen(bestellung: Bestellung):
    benutzer = await hole_benutzer(bestellung.user_id)
    nummer = next(nummern)
    bestellungen[nummer] = bestellung
    print(f"📝 Bestellung {nummer}: {bestellung.item} für {benutzer['email']}")
    return {"id": nummer, "item": bestellung.item, "user": benutzer}


@app.get("/orders/{nummer}")
async def zeige(nummer: int):
    if nummer not in bestellungen:
        raise HTTPException(404, f"Bestellung {nummer} gibt es nicht")
    b = bestellungen[nummer]
    return {"id": nummer, "item": b.item, "user": await hole_benutzer(b.user_id)}
