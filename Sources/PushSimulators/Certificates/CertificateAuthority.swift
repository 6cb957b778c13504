import Crypto
import X509
import SwiftASN1

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A certificate authority of our own, good for the machine it was made on.
struct CertificateAuthority: Sendable {
    private static let lifetimeSeconds = 365.0 * 86_400

    let certificate: Certificate
    let key: Certificate.PrivateKey

    /// A new one.
    init(name: String, now: Date) throws {
        let key = Certificate.PrivateKey(P256.Signing.PrivateKey())
        self.key = key
        let subject = try DistinguishedName { CommonName(name) }
        certificate = try Certificate(
            version: .v3, serialNumber: .init(), publicKey: key.publicKey, notValidBefore: now - 3600,
            notValidAfter: now + Self.lifetimeSeconds, issuer: subject, subject: subject, signatureAlgorithm: .ecdsaWithSHA256,
            extensions: Certificate.Extensions {
                Critical(BasicConstraints.isCertificateAuthority(maxPathLength: 0))
                Critical(KeyUsage(keyCertSign: true, cRLSign: true))
                SubjectKeyIdentifier(hash: key.publicKey)
            },
            issuerPrivateKey: key)
    }

    /// One that was kept.
    /// - Parameter pem: its certificate and its key.
    init(pem: String) throws {
        var (certificate, key): (Certificate?, Certificate.PrivateKey?)
        for document in try PEMDocument.parseMultiple(pemString: pem) {
            if document.discriminator == Certificate.defaultPEMDiscriminator {
                certificate = try Certificate(pemDocument: document)
            } else {
                key = try Certificate.PrivateKey(pemDocument: document)
            }
        }
        guard let certificate, let key else { throw IncompletePEM() }
        (self.certificate, self.key) = (certificate, key)
    }

    var pem: String { get throws { try certificate.serializeAsPEM().pemString + "\n" + key.serializeAsPEM().pemString + "\n" } }

    var certificatePEM: String { get throws { try certificate.serializeAsPEM().pemString + "\n" } }

    struct Issued {
        let certificatePEM: String
        let privateKeyPEM: String
    }

    /// A server's certificate for this machine.
    func server(now: Date) throws -> Issued {
        let names = SubjectAlternativeNames([
            .dnsName("localhost"), .ipAddress(.init(contentBytes: [127, 0, 0, 1])),
            .ipAddress(.init(contentBytes: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1])),
        ])
        return try issue(
            DistinguishedName { CommonName("localhost") }, now: now,
            Certificate.Extensions {
                Critical(KeyUsage(digitalSignature: true))
                try ExtendedKeyUsage([.serverAuth])
                names
            })
    }

    func issue(_ subject: DistinguishedName, now: Date, _ extensions: Certificate.Extensions) throws -> Issued {
        let leafKey = Certificate.PrivateKey(P256.Signing.PrivateKey())
        let leaf = try Certificate(
            version: .v3, serialNumber: .init(), publicKey: leafKey.publicKey, notValidBefore: now - 3600,
            notValidAfter: now + Self.lifetimeSeconds, issuer: certificate.subject, subject: subject,
            signatureAlgorithm: .ecdsaWithSHA256, extensions: extensions, issuerPrivateKey: key)
        return Issued(
            certificatePEM: try leaf.serializeAsPEM().pemString + "\n", privateKeyPEM: try leafKey.serializeAsPEM().pemString + "\n")
    }

    private struct IncompletePEM: Error {}
}
