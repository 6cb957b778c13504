import Crypto
import Foundation
import JSON
import PushSender
import SwiftASN1
import X509

@testable import PushProviders

/// Credentials as an operator gives them.
enum APNsSamples {
    static let now = Date(timeIntervalSince1970: 1_800_000_000)
    static let deviceToken = String(repeating: "ab", count: 32)

    /// Of a new key each time, so that no two tests share a provider token.
    static func keyFields(_ changes: [String: JSONValue?] = [:]) -> JSONValue {
        var fields: [String: JSONValue] = [
            "team_id": .string("TEAM123456"), "key_id": .string("KEY1234567"), "bundle_id": .string("com.example.app"),
            "private_key": .string(P256.Signing.PrivateKey().pemRepresentation),
        ]
        for (name, value) in changes { fields[name] = value }
        return .object(fields)
    }

    static func credential(_ changes: [String: JSONValue?] = [:]) throws -> APNsCredential {
        try APNsCredential(keyFields(changes), now: now)
    }

    static func table(_ credentials: APNsCredential...) -> CredentialTable<APNsCredential> {
        let table = CredentialTable<APNsCredential>()
        table.set(credentials, for: .default)
        return table
    }

    static func token(
        _ address: String = deviceToken, _ environment: ProviderEnvironment = .production, kind: String = "", app: String = ""
    ) -> Token {
        Token(address: address, environment: environment, kind: kind, appIdentifier: app)
    }

    static let lane = Lane(app: .default, provider: .apns, environment: .production)

    /// A certificate such as Apple makes, but for its signature.
    struct Certified {
        let certificate: String
        let privateKey: String
        var fields: [String: JSONValue] { ["certificate": .string(certificate), "private_key": .string(privateKey)] }
    }

    /// - Parameters:
    ///   - marks: the last number of the extensions: 1 for the sandbox, 2 for production.
    ///   - days: from when to when it is valid, counted from ``now``.
    static func certified(
        bundleID: String? = "com.example.app", marks: [UInt] = [1, 2], topics: [String] = [], days: ClosedRange<Double> = -1...365
    ) throws -> Certified {
        let key = Certificate.PrivateKey(P256.Signing.PrivateKey())
        let userID: ASN1ObjectIdentifier = [0, 9, 2342, 19_200_300, 100, 1, 1], commonName: ASN1ObjectIdentifier = [2, 5, 4, 3]
        var attributes = [RelativeDistinguishedName.Attribute(type: commonName, utf8String: "Apple Push Services")]
        if let bundleID { attributes.append(.init(type: userID, utf8String: bundleID)) }
        let name = try DistinguishedName(attributes)
        var extensions = Certificate.Extensions()
        for mark in marks {
            try extensions.append(.init(oid: [1, 2, 840, 113_635, 100, 6, 3, mark], critical: false, value: [0x05, 0x00]))
        }
        if !topics.isEmpty {
            try extensions.append(.init(oid: [1, 2, 840, 113_635, 100, 6, 3, 6], critical: false, value: try list(topics)[...]))
        }
        let certificate = try Certificate(
            version: .v3, serialNumber: Certificate.SerialNumber(), publicKey: key.publicKey,
            notValidBefore: now.addingTimeInterval(days.lowerBound * 86_400), notValidAfter: now.addingTimeInterval(days.upperBound * 86_400),
            issuer: name, subject: name, signatureAlgorithm: .ecdsaWithSHA256, extensions: extensions, issuerPrivateKey: key)
        return Certified(
            certificate: try certificate.serializeAsPEM().pemString, privateKey: try key.serializeAsPEM().pemString)
    }

    /// Each topic is followed by the kinds of push it is for.
    private static func list(_ topics: [String]) throws -> [UInt8] {
        var serializer = DER.Serializer()
        try serializer.appendConstructedNode(identifier: .sequence) { outer in
            for topic in topics {
                try outer.serialize(ASN1UTF8String(topic))
                try outer.appendConstructedNode(identifier: .sequence) { try $0.serialize(ASN1UTF8String("app")) }
            }
        }
        return serializer.serializedBytes
    }
}
