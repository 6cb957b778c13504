import PushSender

/// `pushSettings.gcm`: what Google gives one now, a service account. The `serverApiKey` of old is kept by whoever has it, and of no use.
struct LoopBackGoogleSettings: LoopBackProviderSettings {
    static let provider = ProviderName.fcm
    static let mark = (field: "project_id", property: "projectId")

    private let settings: LoopBackValue

    init?(_ settings: LoopBackValue) throws(LoopBackError) {
        guard settings["serviceAccount"]?.isTruthy ?? false else { return nil }
        self.settings = settings
    }

    var fields: LoopBackValue {
        var fields = LoopBackValue.emptyObject
        for (field, name) in Self.names { fields[field] = settings[name] }
        return fields
    }

    private static let names: KeyValuePairs = [
        "service_account": "serviceAccount", "project_id": "projectId", "endpoint": "endpoint", "token_endpoint": "tokenEndpoint",
    ]

    func check(_ reports: [CredentialVault.Report]) {}

    func property(of field: String) -> String {
        let parts = field.split(separator: ".", maxSplits: 1).map(String.init)
        let names = [Self.names.first { $0.key == parts.first }?.value].compactMap { $0 } + parts.dropFirst()
        return (["pushSettings.gcm"] + names).joined(separator: ".")
    }
}
