import HTTPTypes
import PushSender
import PushStorage

/// An Application's `pushSettings`, put in force as the App's credentials.
struct LoopBackPushSettings: Sendable {
    let parts: LoopBackParts

    /// Called before an Application is written, on each write, inside no transaction.
    ///
    /// A provider's settings that come back as they were shown, without their secrets, stay what they are.
    /// - Parameters:
    ///   - app: the App of the Application's id, which is there.
    ///   - settings: as they came in, with their secrets; nil where there are none.
    ///   - previous: as the last call gave them back.
    /// - Returns: what is kept and shown of them: no secrets.
    /// - Throws: ``LoopBackError`` 422, and nothing of the Application is written.
    func apply(_ settings: LoopBackValue?, instead previous: LoopBackValue?, of app: SQLAppStore.App) async throws -> LoopBackValue? {
        guard settings?.members != nil || settings == nil else { throw Self.invalid("pushSettings", "must be an object", settings) }
        // Both are checked before either is in force.
        let apple = try await change(settings?["apns"], instead: previous?["apns"], LoopBackAppleSettings.self, app.id)
        let google = try await change(settings?["gcm"], instead: previous?["gcm"], LoopBackGoogleSettings.self, app.id)
        let shownOfApple = try await put(apple, LoopBackAppleSettings.self, app.id)
        let shownOfGoogle = try await put(google, LoopBackGoogleSettings.self, app.id)
        var kept = settings
        kept?["apns"] = shownOfApple
        kept?["gcm"] = shownOfGoogle
        return kept
    }

    private enum Change: Sendable {
        /// What is in force stays so.
        case keep(LoopBackValue?)
        case remove(LoopBackValue?)
        case set(CredentialVault.Checked, LoopBackValue)
    }

    private func change<Settings: LoopBackProviderSettings>(
        _ given: LoopBackValue?, instead previous: LoopBackValue?, _: Settings.Type, _ app: AppID
    ) async throws -> Change {
        if given == previous { return .keep(given) }
        guard let given, let settings = try Settings(given) else {
            return previous?[Settings.mark.property] == nil ? .keep(given) : .remove(given)
        }
        do {
            let checked = try await parts.vault.check(
                [settings.fields.core], app: app, provider: Settings.provider, verifies: true, now: parts.now())
            try settings.check(checked.reports)
            return .set(checked, given)
        } catch let problem as Problem where problem.status == .unprocessableContent {
            throw Self.invalid(settings.property(of: problem.field ?? ""), problem.detail, nil)
        }
    }

    private func put(_ change: Change, _ kind: (some LoopBackProviderSettings).Type, _ app: AppID) async throws -> LoopBackValue? {
        switch change {
        case .keep(let given): return given
        case .remove(let given):
            if try !parts.vault.reports(app: app, provider: kind.provider).isEmpty {
                try await parts.vault.remove(app: app, provider: kind.provider)
            }
            return given
        case .set(let checked, var given):
            try await parts.vault.set(checked, now: parts.now())
            given[kind.mark.property] = checked.reports.first?.summary[kind.mark.field].map { .string($0) }
            return given
        }
    }

    static func invalid(_ property: String, _ message: String, _ value: LoopBackValue?) -> LoopBackError {
        .invalid(
            LoopBackModel.application.name,
            [.init(property: property, code: "format", message: message, value: value?.json ?? "hidden")])
    }
}

/// What an Application says of one provider.
protocol LoopBackProviderSettings: Sendable {
    static var provider: ProviderName { get }
    /// What shows that there is a credential, under our name for it and under LoopBack's.
    static var mark: (field: String, property: String) { get }

    /// - Returns: nil for settings that make no credential.
    /// - Throws: ``LoopBackError`` 422 naming the property.
    init?(_ settings: LoopBackValue) throws(LoopBackError)

    /// As docs/credentials.md has them.
    var fields: LoopBackValue { get }
    /// - Throws: ``LoopBackError`` 422
    func check(_ reports: [CredentialVault.Report]) throws(LoopBackError)
    /// - Parameter field: of the credential.
    func property(of field: String) -> String
}
