import WebPush

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

// MARK: - Apps come and go

extension UserAgentSession {
    /// Somebody serves this app from now on.
    mutating func add(_ app: String) -> [Action] {
        apps.insert(app)
        let isNew = identity.registrations[app] == nil
        if isNew { identity.add(app) }
        return (isNew ? [.save] : []) + (isReady ? [.ask(app: app)] : [])
    }

    /// The app wants no messages any more. Offline, the push service hears of it with the next connection.
    mutating func remove(_ app: String) -> [Action] {
        apps.remove(app)
        inHand[app] = nil
        guard let channelID = identity.remove(app) else { return [] }
        registering[channelID] = nil
        return [.save] + (isReady ? [.send(.unregister(channelID: channelID))] : [])
    }

    /// The app's application server has this key.
    ///
    /// - Parameter freshChannelID: used when it is not the key that the channel is bound to.
    mutating func keyed(_ app: String, _ key: String, freshChannelID: String, now: Date) -> [Action] {
        guard isReady, let registration = identity.registrations[app] else { return [] }
        if registration.applicationServerKey == key, registration.endpoint != nil { return [.announce(app: app)] }
        var actions: [Action] = []
        if registration.applicationServerKey != key {
            if let left = identity.change(app, { $0.bind(to: key, freshChannelID: freshChannelID) }) ?? nil {
                identity.leave(left)
                actions.append(.send(.unregister(channelID: left)))
            }
            actions.insert(.save, at: 0)
        }
        let channelID = identity.registrations[app]?.channelID ?? ""
        registering[channelID] = now + settings.requestTimeoutSeconds
        return actions + [.send(.register(channelID: channelID, key: key))]
    }

    mutating func registered(_ channelID: String, _ status: Int, _ endpoint: String?) -> [Action] {
        guard registering.removeValue(forKey: channelID.lowercased()) != nil, let app = identity.app(of: channelID) else { return [] }
        guard status == 200, let endpoint = endpoint.flatMap({ try? WebPushEndpoint($0) }) else {
            return [.refuse(app: app, reason: "The push service does not register the channel: status \(status)")]
        }
        _ = identity.change(app) { $0.registered(at: endpoint) }
        return [.save, .announce(app: app)]
    }

    mutating func unregistered(_ channelID: String, _ status: Int) -> [Action] {
        status == 200 && identity.hasLeft(channelID) ? [.save] : []
    }

    /// The app's application server calls us so.
    mutating func named(_ app: String, _ deviceID: String?) -> [Action] {
        guard let registration = identity.registrations[app], registration.deviceID != deviceID else { return [] }
        _ = identity.change(app) { $0.deviceID = deviceID }
        return [.save]
    }
}
