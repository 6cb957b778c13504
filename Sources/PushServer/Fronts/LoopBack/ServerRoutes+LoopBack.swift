import PushProviders
import PushSender
import PushStorage

extension ServerRoutes {
    /// The front for clients of LoopBack's push component; nil where it is off.
    func loopBack(_ policy: EndpointPolicy) -> LoopBackFront? {
        let apps = SQLAppStore(database)
        guard let loopBackAccess = LoopBackAccess(settings.loopback, keys: access.guards.register.keys, apps: apps) else { return nil }
        let parts = LoopBackParts(
            records: SQLRecordStore(database), apps: apps, devices: sender.devices, intake: sender.intake, vault: sender.vault,
            endpointPolicy: policy, readiness: readiness, logger: logger, now: database.now,
            ids: LoopBackIDs(now: database.now))
        let rules: [any LoopBackModelRules] = [
            LoopBackInstallationRules(parts: parts), LoopBackNotificationRules(parts: parts),
            LoopBackApplicationRules(parts: parts, settings: LoopBackPushSettings(parts: parts)),
        ]
        return LoopBackFront(
            access: loopBackAccess, limits: access.limits, models: rules.map { LoopBackStoredModel(rules: $0, parts: parts) },
            push: LoopBackPush(parts: parts, settings: settings.loopback), logger: logger)
    }
}
