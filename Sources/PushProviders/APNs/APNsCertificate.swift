import APNs
import Crypto
import HTTPTransport
import PushSender
import SwiftASN1
import X509

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A client certificate of Apple's with its key, and what it says of itself (Apple: Establishing a certificate-based connection to APNs).
struct APNsCertificate: Sendable {
    let identity: TLSIdentity
    let expiresAt: Date
    /// Of the certificate, in hex: names it in logs and groups its connections.
    let fingerprint: String
    /// The UID of its subject: the bundle id, or an MDM topic.
    let subjectID: String?
    /// What it may be used for beside that; empty when it doesn't say.
    let topics: [String]
    /// Both when it doesn't say.
    let environments: [APNsEnvironment]

    /// - Parameters:
    ///   - chainPEM: the certificate first.
    ///   - privateKeyPEM: not encrypted.
    /// - Throws: names `certificate` or `private_key`.
    init(chainPEM: String, privateKeyPEM: String, now: Date) throws(CredentialProblem) {
        let (certificate, der) = try Self.leaf(chainPEM)
        try Self.check(certificate, now: now)
        guard let key = try? Certificate.PrivateKey(pemEncoded: privateKeyPEM) else {
            throw CredentialProblem(field: "private_key", Self.noKey)
        }
        guard key.publicKey == certificate.publicKey else {
            throw CredentialProblem(field: "private_key", "it doesn't belong to the certificate; export both from the same .p12 file")
        }
        identity = TLSIdentity(certificateChainPEM: chainPEM, privateKeyPEM: privateKeyPEM)
        expiresAt = certificate.notValidAfter
        fingerprint = SHA256.hash(data: der).prefix(16).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        subjectID = Self.subjectID(certificate)
        topics = Self.topics(certificate)
        environments = Self.environments(certificate)
    }

    private static func leaf(_ chainPEM: String) throws(CredentialProblem) -> (Certificate, der: [UInt8]) {
        do {
            let documents = try PEMDocument.parseMultiple(pemString: chainPEM)
            guard let document = documents.first(where: { $0.discriminator == Certificate.defaultPEMDiscriminator }) else {
                throw CredentialProblem(field: "certificate", noCertificate)
            }
            return (try Certificate(pemDocument: document), document.derBytes)
        } catch {
            throw CredentialProblem(field: "certificate", noCertificate)
        }
    }

    private static func check(_ certificate: Certificate, now: Date) throws(CredentialProblem) {
        guard now < certificate.notValidAfter else {
            let message = """
            it expired on \(day(certificate.notValidAfter)); make a new one in the developer account, or use a key (.p8), which \
            doesn't expire
            """
            throw CredentialProblem(field: "certificate", message)
        }
        guard now >= certificate.notValidBefore else {
            throw CredentialProblem(
                field: "certificate", "it isn't valid before \(day(certificate.notValidBefore)); check this machine's clock")
        }
    }

    /// `2026-01-31`
    static func day(_ date: Date) -> String { String(date.ISO8601Format().prefix(10)) }

    private static let noCertificate =
        "this is no certificate in PEM; make one of the .p12 file with: openssl pkcs12 -in file.p12 -clcerts -nokeys -legacy"
    private static let noKey = """
    this is no private key in PEM without a password; make one of the .p12 file with: openssl pkcs12 -in file.p12 -nocerts -nodes \
    -legacy
    """
}

// What only Apple's certificates have.
extension APNsCertificate {
    private static let userID: ASN1ObjectIdentifier = [0, 9, 2342, 19_200_300, 100, 1, 1]
    private static let marks: [(APNsEnvironment, ASN1ObjectIdentifier)] = [
        (.production, [1, 2, 840, 113_635, 100, 6, 3, 2]), (.sandbox, [1, 2, 840, 113_635, 100, 6, 3, 1]),
    ]
    private static let topicList: ASN1ObjectIdentifier = [1, 2, 840, 113_635, 100, 6, 3, 6]

    private static func subjectID(_ certificate: Certificate) -> String? {
        certificate.subject.lazy.flatMap { $0 }.first { $0.type == userID }.flatMap { String($0.value) }
    }

    private static func environments(_ certificate: Certificate) -> [APNsEnvironment] {
        let marked = marks.filter { certificate.extensions[oid: $0.1] != nil }.map(\.0)
        return marked.isEmpty ? APNsEnvironment.allCases : marked
    }

    /// A sequence of topics, each followed by a sequence of the kinds of push it is for.
    private static func topics(_ certificate: Certificate) -> [String] {
        guard let list = certificate.extensions[oid: topicList], let root = try? DER.parse(list.value),
            case .constructed(let nodes) = root.content
        else { return [] }
        return nodes.compactMap { try? String(ASN1UTF8String(derEncoded: $0)) }
    }
}
