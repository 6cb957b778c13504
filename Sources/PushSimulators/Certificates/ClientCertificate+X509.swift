import SwiftASN1
import X509

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The marks of Apple's client certificates: the bundle id as the subject's user id, environments and topics as extensions.
private enum AppleMark {
    static let userID: ASN1ObjectIdentifier = [0, 9, 2342, 19_200_300, 100, 1, 1]
    static let development: ASN1ObjectIdentifier = [1, 2, 840, 113_635, 100, 6, 3, 1]
    static let production: ASN1ObjectIdentifier = [1, 2, 840, 113_635, 100, 6, 3, 2]
    static let topics: ASN1ObjectIdentifier = [1, 2, 840, 113_635, 100, 6, 3, 6]
}

extension ClientCertificate {
    init(_ certificate: Certificate) {
        let subjectID = certificate.subject.lazy.flatMap { $0 }.first { $0.type == AppleMark.userID }.flatMap { String($0.value) }
        var environments: [String] = []
        if certificate.extensions[oid: AppleMark.production] != nil { environments.append("production") }
        if certificate.extensions[oid: AppleMark.development] != nil { environments.append("sandbox") }
        let listed = Self.listedTopics(certificate)
        self.init(
            topics: [subjectID].compactMap { $0 } + listed.filter { $0 != subjectID },
            environments: environments.isEmpty ? ["production", "sandbox"] : environments)
    }

    /// A sequence of topics, each followed by a sequence of the kinds of push it is for.
    private static func listedTopics(_ certificate: Certificate) -> [String] {
        guard let list = certificate.extensions[oid: AppleMark.topics], let root = try? DER.parse(list.value),
            case .constructed(let nodes) = root.content
        else { return [] }
        return nodes.compactMap { try? String(ASN1UTF8String(derEncoded: $0)) }
    }
}

extension CertificateAuthority {
    /// A client's certificate like those that Apple makes for an app: good for both environments, its pushes and its calls.
    func client(bundleID: String, now: Date) throws -> Issued {
        let subject = DistinguishedName([
            RelativeDistinguishedName([.init(type: AppleMark.userID, utf8String: bundleID)]),
            RelativeDistinguishedName([.init(type: .RDNAttributeType.commonName, utf8String: "Apple Push Services: \(bundleID)")]),
        ])
        return try issue(
            subject, now: now,
            Certificate.Extensions {
                Critical(KeyUsage(digitalSignature: true))
                try ExtendedKeyUsage([.clientAuth])
                Certificate.Extension(oid: AppleMark.production, critical: false, value: [5, 0])
                Certificate.Extension(oid: AppleMark.development, critical: false, value: [5, 0])
                Certificate.Extension(oid: AppleMark.topics, critical: false, value: try Self.topicList(bundleID)[...])
            })
    }

    private static func topicList(_ bundleID: String) throws -> [UInt8] {
        var serializer = DER.Serializer()
        try serializer.appendConstructedNode(identifier: .sequence) { list in
            for (topic, kind) in [(bundleID, "app"), (bundleID + ".voip", "voip"), (bundleID + ".complication", "complication")] {
                try list.serialize(ASN1UTF8String(topic))
                try list.appendConstructedNode(identifier: .sequence) { try $0.serialize(ASN1UTF8String(kind)) }
            }
        }
        return serializer.serializedBytes
    }
}
