import HTTPTypes
import PushSender
import PushStorage

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Finds the Apps that installations are of, and what is in the way of sending to them.
struct LoopBackTargets: Sendable {
    let parts: LoopBackParts

    /// An App, and the providers that it has credentials for.
    struct Target: Sendable {
        let app: SQLAppStore.App
        let providers: [ProviderName]

        /// Those of its installations of which a condition is true, and that can be sent to.
        func audience(_ condition: RecordCondition) -> Audience {
            var audience = Audience.everyone
            let all = providers.count == LoopBackInstallation.providers.count
            audience.records = RecordAudience(
                LoopBackModel.installation.collection, all ? condition : .all([condition, .value(at: "deviceType", .isOneOf(deviceTypes))]))
            return audience
        }

        fileprivate var deviceTypes: [TagValue] {
            LoopBackInstallation.providers.filter { providers.contains($0.value) }.keys.sorted().map { .string($0) }
        }

        fileprivate var installations: RecordCondition {
            .all([.equals("appId", .string(app.name)), .value(at: "deviceType", .isOneOf(deviceTypes))])
        }
    }

    /// The Apps that a caller's installations may be of.
    func reached(by caller: LoopBackCaller) async throws -> [Target] {
        if let name = caller.appName { return try await parts.apps.app(named: name).map { [try target($0)] } ?? [] }
        return try await parts.apps.apps().map(target)
    }

    private func target(_ app: SQLAppStore.App) throws -> Target {
        let all = Set(LoopBackInstallation.providers.values).sorted { $0.rawValue < $1.rawValue }
        return Target(app: app, providers: try all.filter { try !parts.vault.reports(app: app.id, provider: $0).isEmpty })
    }

    // MARK: What is in the way

    /// The first installation of which the condition is true and that isn't sent to, although it should be.
    /// - Parameter reached: Apps with providers, whose installations are sent to.
    /// - Returns: why not; nil where there is none.
    func problem(with condition: RecordCondition, except reached: [Target]) async throws -> LoopBackError? {
        let sent = reached.filter { !$0.providers.isEmpty }.prefix(Self.mostApps).map(\.installations)
        let others = RecordCondition.all([condition, .not(.any(sent))])
        guard let record = try await parts.records.records(RecordQuery(others, limit: 1), in: LoopBackModel.installation.collection).first
        else { return nil }
        do throws(LoopBackError) {
            _ = try Self.target(of: LoopBackValue(record), among: reached)
            return nil
        } catch {
            return error
        }
    }

    private static let mostApps = 100

    /// - Throws: ``LoopBackError`` 500 that says what is in the way of sending to an installation.
    func target(of installation: LoopBackValue) async throws -> Target {
        let app = try await parts.apps.app(named: installation["appId"]?.text ?? "")
        return try Self.target(of: installation, among: app.map { [try target($0)] } ?? [])
    }

    private static func target(of installation: LoopBackValue, among targets: [Target]) throws(LoopBackError) -> Target {
        let appID = installation["appId"]?.text ?? "", deviceType = installation["deviceType"]?.text ?? ""
        guard let target = targets.first(where: { $0.app.name == appID }) else {
            throw LoopBackError(
                .internalServerError, "Cannot configure push notifications - unknown application id \"\(appID)\"",
                details: .object(["appId": .string(appID)]), remedy: "POST /api/applications makes it, with that id")
        }
        guard let provider = LoopBackInstallation.providers[deviceType] else {
            let known = LoopBackInstallation.providers.keys.sorted().joined(separator: ", ")
            throw LoopBackError(
                .internalServerError, "There is no provider registered for deviceType \(deviceType)",
                details: .object(["deviceType": .string(deviceType)]), remedy: "deviceType is one of \(known)")
        }
        guard target.providers.contains(provider) else { throw .noSettings(appID, provider) }
        return target
    }
}

extension LoopBackError {
    fileprivate static func noSettings(_ appID: String, _ provider: ProviderName) -> Self {
        let remedy =
            provider == .fcm
            ? "set pushSettings.gcm.serviceAccount, the file that the Firebase console gives; Google takes no serverApiKey any more"
            : "set pushSettings.apns: token with keyId, key and teamId, and bundle"
        return Self(
            .internalServerError,
            "No push settings configured for application id \"\(appID)\": nothing in them is of use for \(provider.rawValue)",
            details: .object(["application": .object(["id": .string(appID)])]), remedy: remedy)
    }
}

extension LoopBackValue {
    /// What is kept is JSON.
    fileprivate init(_ record: Record) { self = (try? LoopBackValue(json: record.body)) ?? .emptyObject }
}
