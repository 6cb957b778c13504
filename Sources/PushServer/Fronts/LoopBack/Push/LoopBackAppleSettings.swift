import PushSender

/// `pushSettings.apns`: a token's key, as in 3.x, or a certificate and its key, as in 1.x. Gateways and ports are those of a service that
/// is no more.
struct LoopBackAppleSettings: LoopBackProviderSettings {
    static let provider = ProviderName.apns
    static let mark = (field: "bundle_id", property: "bundle")

    private let settings: LoopBackValue
    private let isCertificate: Bool

    init?(_ settings: LoopBackValue) throws(LoopBackError) {
        self.settings = settings
        isCertificate = Self.text(settings["certData"]) != nil && settings["token"]?.isTruthy != true
        guard ["token", "certData", "keyData", "bundle"].contains(where: { settings[$0]?.isTruthy ?? false }) else { return nil }
        let missing = (isCertificate ? ["keyData"] : ["token.keyId", "token.key", "token.teamId", "bundle"]).filter { value($0) == nil }
        guard missing.isEmpty else {
            throw .invalid(LoopBackModel.application.name, missing.map { .blank("pushSettings.apns.\($0)", nil) })
        }
        for name in isCertificate ? ["certData", "keyData"] : ["token.key"] { try checkPEM(name) }
    }

    /// What would be read from the server's disk on behalf of a client isn't.
    private func checkPEM(_ name: String) throws(LoopBackError) {
        guard let text = value(name), !text.contains("-----BEGIN") else { return }
        throw LoopBackPushSettings.invalid(
            "pushSettings.apns.\(name)",
            "must be the text of the file, from its line -----BEGIN on: a path isn't read, paste what the file holds", nil)
    }

    var fields: LoopBackValue {
        let names: KeyValuePairs =
            isCertificate
            ? ["certificate": "certData", "private_key": "keyData", "bundle_id": "bundle"]
            : ["key_id": "token.keyId", "private_key": "token.key", "team_id": "token.teamId", "bundle_id": "bundle"]
        return .object(
            (Array(names) + Array(Self.origins)).compactMap { field, name in value(name).map { .init(name: field, value: .string($0)) } })
    }

    /// What stands in for Apple's, in tests; LoopBack has none.
    private static let origins: KeyValuePairs = ["endpoint": "endpoint", "sandbox_endpoint": "sandboxEndpoint"]

    func check(_ reports: [CredentialVault.Report]) throws(LoopBackError) {
        let environment = ProviderEnvironment.asked(by: settings)
        guard reports.contains(where: { $0.environments.contains(environment) }) else {
            throw LoopBackPushSettings.invalid(
                "pushSettings.apns.production", "must fit the certificate, which isn't for \(environment.rawValue)",
                settings["production"] ?? .bool(false))
        }
    }

    func property(of field: String) -> String {
        let names = [
            "bundle_id": "bundle", "team_id": "token.teamId", "key_id": "token.keyId",
            "private_key": isCertificate ? "keyData" : "token.key",
            "certificate": "certData", "endpoint": "endpoint", "sandbox_endpoint": "sandboxEndpoint",
        ]
        return "pushSettings.apns" + (names[field].map { ".\($0)" } ?? "")
    }

    /// - Parameter name: with a dot for a member of a member.
    private func value(_ name: String) -> String? {
        Self.text(name.split(separator: ".").reduce(Optional(settings)) { $0?[String($1)] })
    }

    private static func text(_ value: LoopBackValue?) -> String? { value.flatMap { $0.isTruthy ? LoopBackType.text($0) : nil } }
}

extension ProviderEnvironment {
    /// Where nothing is said, APNs is the sandbox, as in the original.
    fileprivate static func asked(by settings: LoopBackValue) -> Self { settings["production"] == .bool(true) ? .production : .sandbox }
}
