import Crypto
import CryptoExtras
import JWS

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What was written for clients.
public struct SimulatorFiles: Sendable, Encodable {
    /// To be trusted: `ca.pem`.
    public private(set) var ca: String
    /// Bodies for `PUT /v1/apps/default/providers/<provider>`, by provider.
    public private(set) var credentials: [String: String] = [:]
    /// Everything else, by what it is.
    public private(set) var others: [String: String] = [:]

    init(folder: SimulatorFolder, accounts: SimulatedAccounts, origins: [SimulatedPort: String], bundleID: String) throws {
        ca = try folder.write(accounts.authority.certificatePEM, to: "ca.pem")
        if let production = origins[.apns] {
            try writeAPNs(folder, accounts, production: production, sandbox: origins[.apnsSandbox] ?? production, bundleID: bundleID)
        }
        if let origin = origins[.fcm] { try writeFCM(folder, accounts, origin: origin) }
        if let origin = origins[.hms] { try writeHMS(folder, accounts, origin: origin) }
        if let origin = origins[.wns] { try writeWNS(folder, accounts, origin: origin) }
        if let origin = origins[.webpush] { try writeSubscription(folder, origin: origin) }
    }

    private mutating func write(_ members: [String: JSONMember], as name: String, to folder: SimulatorFolder) throws {
        credentials[name] = try folder.write(try Self.text(members), to: "credentials-\(name).json")
    }

    private static func text(_ members: [String: JSONMember]) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.withoutEscapingSlashes, .sortedKeys, .prettyPrinted]
        return String(decoding: try encoder.encode(members), as: UTF8.self) + "\n"
    }

    private mutating func writeAPNs(
        _ folder: SimulatorFolder, _ accounts: SimulatedAccounts, production: String, sandbox: String, bundleID: String
    ) throws {
        let origins: [String: JSONMember] = [
            "bundle_id": .text(bundleID), "environment": .text("both"), "endpoint": .text(production), "sandbox_endpoint": .text(sandbox),
        ]
        let key: [String: JSONMember] = [
            "team_id": .text(SimulatedAccounts.teamID), "key_id": .text(SimulatedAccounts.keyID),
            "private_key": .text(accounts.appleKey.pemRepresentation + "\n"),
        ]
        try write(origins.merging(key) { $1 }, as: "apns", to: folder)
        others["apns_key"] = folder.path(of: "AuthKey_\(SimulatedAccounts.keyID).p8")
        let certificate = try accounts.clientAuthority.client(bundleID: bundleID, now: Date())
        others["apns_certificate"] = try folder.write(certificate.certificatePEM + certificate.privateKeyPEM, to: "apns-certificate.pem")
        let shown: [String: JSONMember] = [
            "certificate": .text(certificate.certificatePEM), "private_key": .text(certificate.privateKeyPEM),
        ]
        try write(origins.merging(shown) { $1 }, as: "apns-certificate", to: folder)
    }

    private mutating func writeFCM(_ folder: SimulatorFolder, _ accounts: SimulatedAccounts, origin: String) throws {
        let tokenEndpoint = origin + FCMSimulator.tokenPath
        let account: [String: JSONMember] = [
            "type": .text("service_account"), "project_id": .text(SimulatedAccounts.firebaseProject),
            "private_key_id": .text(SimulatedAccounts.googleKeyID), "private_key": .text(accounts.googleKey.pkcs8PEMRepresentation + "\n"),
            "client_email": .text(SimulatedAccounts.serviceAccount), "client_id": .text("100000000000000000001"),
            "token_uri": .text(tokenEndpoint),
        ]
        others["fcm_service_account"] = try folder.write(try Self.text(account), to: "service_account.json")
        try write(
            ["service_account": .object(account), "endpoint": .text(origin), "token_endpoint": .text(tokenEndpoint)], as: "fcm", to: folder)
    }

    private mutating func writeHMS(_ folder: SimulatorFolder, _ accounts: SimulatedAccounts, origin: String) throws {
        let members: [String: JSONMember] = [
            "app_id": .text(SimulatedAccounts.huaweiApp), "client_secret": .text(accounts.huaweiSecret),
            "project_id": .text(SimulatedAccounts.huaweiProject), "key_id": .text(SimulatedAccounts.huaweiKeyID),
            "sub_account": .text(SimulatedAccounts.huaweiSubAccount),
            "private_key": .text(accounts.huaweiKey.pkcs8PEMRepresentation + "\n"), "endpoint": .text(origin),
            "token_endpoint": .text(origin + HMSSimulator.tokenPath),
        ]
        try write(members, as: "hms", to: folder)
    }

    private mutating func writeWNS(_ folder: SimulatorFolder, _ accounts: SimulatedAccounts, origin: String) throws {
        let members: [String: JSONMember] = [
            "tenant_id": .text(SimulatedAccounts.tenant), "client_id": .text(SimulatedAccounts.windowsClient),
            "client_secret": .text(accounts.windowsSecret), "endpoint": .text(origin),
            "token_endpoint": .text("\(origin)/\(SimulatedAccounts.tenant)/oauth2/v2.0/token"),
        ]
        try write(members, as: "wns", to: folder)
    }

    /// A browser's PushSubscription, and beside it the private key that opens its messages.
    private mutating func writeSubscription(_ folder: SimulatorFolder, origin: String) throws {
        let pem = try folder.text("webpush-user-agent.pem") { P256.KeyAgreement.PrivateKey().pemRepresentation + "\n" }
        let secret = try folder.text("webpush-auth.txt") {
            Base64URL.encode(SymmetricKey(size: .bits128).withUnsafeBytes { Array($0) })
        }
        let key = try P256.KeyAgreement.PrivateKey(pemRepresentation: pem)
        let keys: [String: JSONMember] = ["p256dh": .text(Base64URL.encode(key.publicKey.x963Representation)), "auth": .text(secret)]
        let subscription: [String: JSONMember] = ["endpoint": .text("\(origin)/push/example"), "keys": .object(keys)]
        others["webpush_subscription"] = try folder.write(try Self.text(subscription), to: "subscription.json")
        others["webpush_user_agent_key"] = folder.path(of: "webpush-user-agent.pem")
    }

    /// Of a JSON object.
    enum JSONMember: Encodable {
        case text(String)
        case object([String: JSONMember])

        func encode(to encoder: any Encoder) throws {
            var value = encoder.singleValueContainer()
            switch self {
            case .text(let text): try value.encode(text)
            case .object(let members): try value.encode(members)
            }
        }
    }
}
