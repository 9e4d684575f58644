"""Our own keys: what we sign with, and what we publish so that platforms can check it."""

from dataclasses import dataclass
from typing import Any, Self

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from tutor.state.ids import new_id

_KEY_BITS = 2048
_PUBLIC_EXPONENT = 65537


@dataclass(frozen=True, slots=True)
class SigningKey:
    """An RSA key pair with its id."""

    key_id: str
    private_pem: str

    def __repr__(self) -> str:
        """Without the key."""
        return f"SigningKey({self.key_id!r})"

    @classmethod
    def new(cls) -> Self:
        """A key pair that nobody else has."""
        private = rsa.generate_private_key(public_exponent=_PUBLIC_EXPONENT, key_size=_KEY_BITS)
        pem = private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        return cls(new_id(), pem.decode("ascii"))

    def sign(self, claims: dict[str, Any]) -> str:
        """The claims as a signed token."""
        return jwt.encode(claims, self.private_pem, algorithm="RS256", headers={"kid": self.key_id})

    def public_jwk(self) -> dict[str, Any]:
        """The public half, as an entry of a JSON Web Key Set."""
        private = serialization.load_pem_private_key(self.private_pem.encode("ascii"), password=None)
        if not isinstance(private, rsa.RSAPrivateKey):
            raise TypeError(f"key {self.key_id!r} is no RSA key")
        entry = RSAAlgorithm.to_jwk(private.public_key(), as_dict=True)
        return {"kty": entry["kty"], "n": entry["n"], "e": entry["e"], "alg": "RS256", "use": "sig", "kid": self.key_id}
