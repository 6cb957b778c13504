import APNs
public import JSON
public import PushSender

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// An App's way into APNs: a team's key, or a certificate.
///
/// Fields of a key: `bundle_id`, `team_id`, `key_id` and `private_key`, the text of the `.p8` file. Of a certificate: `certificate`, a
/// chain in PEM, and `private_key`; `bundle_id` where the certificate doesn't name it. Of both: `environment`, `production`, `sandbox` or
/// `both`, when missing all that the credential is good for; and, for a simulator or a proxy, the origins `endpoint` (for everything),
/// `sandbox_endpoint`, `broadcast_endpoint` and `management_endpoint`.
public struct APNsCredential: ProviderCredential {
    public static let provider = ProviderName.apns
    public static let fieldNames: Set = [
        "bundle_id", "team_id", "key_id", "private_key", "certificate", "environment", "endpoint",
        "sandbox_endpoint", "broadcast_endpoint", "management_endpoint",
    ]

    enum Authentication: Sendable {
        case key(APNsProviderTokens)
        case certificate(APNsCertificate)
    }

    let authentication: Authentication
    let bundleID: APNsBundleID
    let origins: APNsOrigins
    public let environments: [ProviderEnvironment]

    public init(_ fields: JSONValue, now: Date) throws(CredentialProblem) {
        let fields = try CredentialFields(fields)
        origins = try APNsOrigins(fields)
        if let chain = try fields.text("certificate") {
            let privateKey = try fields.required("private_key", "the certificate's key in PEM")
            let certificate = try APNsCertificate(chainPEM: chain, privateKeyPEM: privateKey, now: now)
            authentication = .certificate(certificate)
            bundleID = try Self.bundleID(fields, certificate)
            environments = try Self.environments(fields, certificate.environments)
        } else {
            authentication = .key(.of(try Self.key(fields)))
            bundleID = try Self.bundleID(try fields.required("bundle_id", "the app's, like com.example.app"))
            environments = try Self.environments(fields, APNsEnvironment.allCases)
        }
    }

    public var appIdentifier: String { bundleID.text }

    public var summary: [String: String] {
        var summary = origins.summary
        summary["bundle_id"] = bundleID.text
        summary["environment"] = environments.count == 2 ? "both" : environments.first?.rawValue
        switch authentication {
        case .key(let tokens):
            summary["team_id"] = tokens.key.teamID
            summary["key_id"] = tokens.key.keyID
        case .certificate(let certificate):
            summary["certificate"] = "\(certificate.fingerprint), expires on \(APNsCertificate.day(certificate.expiresAt))"
        }
        return summary
    }
}

// Reading the fields
extension APNsCredential {
    private static func key(_ fields: CredentialFields) throws(CredentialProblem) -> APNsKey {
        let privateKey = try fields.required("private_key", "the text of the .p8 file, or with certificate its key")
        let teamID = try fields.required("team_id", "Membership details in the developer account shows it")
        let keyID = try fields.required("key_id", "it stands in the name of the .p8 file, after AuthKey_")
        do throws(APNsError) {
            return try APNsKey(teamID: teamID, keyID: keyID, privateKeyPEM: privateKey)
        } catch {
            throw CredentialProblem(field: error.field ?? "private_key", error.message)
        }
    }

    private static func bundleID(_ text: String) throws(CredentialProblem) -> APNsBundleID {
        do throws(APNsError) {
            return try APNsBundleID(text)
        } catch {
            throw CredentialProblem(field: "bundle_id", error.message)
        }
    }

    private static func bundleID(_ fields: CredentialFields, _ certificate: APNsCertificate) throws(CredentialProblem) -> APNsBundleID {
        let given = try fields.text("bundle_id")
        guard let text = given ?? certificate.subjectID else {
            throw CredentialProblem(field: "bundle_id", "the certificate doesn't name one; give it here")
        }
        let covered = [certificate.subjectID].compactMap { $0 } + certificate.topics
        guard covered.isEmpty || covered.contains(text) else {
            throw CredentialProblem(field: "bundle_id", "the certificate is for \(covered.joined(separator: ", ")), not for \(text)")
        }
        return try bundleID(text)
    }

    private static func environments(
        _ fields: CredentialFields, _ possible: [APNsEnvironment]
    ) throws(CredentialProblem) -> [ProviderEnvironment] {
        let name = try fields.text("environment")
        guard let name, name != "both" || possible.count == 1 else { return possible.map(\.lane) }
        guard name == "both" || APNsEnvironment(rawValue: name) != nil else {
            throw CredentialProblem(field: "environment", "it is production, sandbox or both")
        }
        guard let environment = APNsEnvironment(rawValue: name), possible.contains(environment) else {
            let covered = possible.map(\.rawValue).joined(separator: " and ")
            throw CredentialProblem(field: "environment", "the certificate is for \(covered) only")
        }
        return [environment.lane]
    }
}
