import Logging
import PushSender

/// From a method's name and its parameters to its result, however they came.
struct CentrifugoDispatcher: Sendable {
    let parts: CentrifugoParts
    /// Who knows everything that isn't push; nil: nobody.
    let upstream: CentrifugoUpstream?
    let logger: Logger

    static let methods: [any CentrifugoMethod.Type] = [
        DeviceRegisterRequest.self, DeviceUpdateRequest.self, DeviceRemoveRequest.self, DeviceListRequest.self,
        DeviceTopicListRequest.self, DeviceTopicUpdateRequest.self, UserTopicListRequest.self, UserTopicUpdateRequest.self,
        SendPushNotificationRequest.self, UpdatePushStatusRequest.self, CancelPushRequest.self,
    ]
    private static let byName = Dictionary(uniqueKeysWithValues: methods.map { ($0.name, $0) })

    /// The rest of Centrifugo's API, by its numbers in the legacy style.
    private static let others: [Int: String] = [
        0: "publish", 1: "broadcast", 2: "unsubscribe", 3: "disconnect", 4: "presence", 5: "presence_stats", 6: "history",
        7: "history_remove", 8: "channels", 9: "info", 10: "rpc", 11: "subscribe", 12: "refresh", 14: "connections",
        15: "update_user_status", 16: "get_user_status", 17: "delete_user_status", 18: "block_user", 19: "unblock_user",
        20: "revoke_token", 21: "invalidate_user_tokens",
    ]
    private static let otherNames = Set(others.values)

    /// Whether it is a method of Centrifugo's.
    static func isMethod(_ name: String) -> Bool { byName[name] != nil || otherNames.contains(name) }
    /// Whether the push API has it.
    static func isPush(_ name: String) -> Bool { byName[name] != nil }

    /// A method's name by its number in the legacy style.
    static func name(_ number: Int) -> String? { others[number] ?? methods.first { $0.number == number }?.name }

    /// - Parameter record: what the call came in, if it may come again in the same: see ``CentrifugoParts/record``.
    /// - Throws: ``MalformedBody`` for parameters that can't be read.
    /// - Returns: nil for what is no method.
    func call(_ name: String, _ parameters: [UInt8], record: String? = nil) throws -> CentrifugoCall? {
        if let method = Self.byName[name] { return try call(method, parameters, record) }
        guard Self.otherNames.contains(name) else { return nil }
        if let upstream { return CentrifugoCall { try await upstream.call(name, parameters) } }
        if name == "info" { return CentrifugoCall { Self.info } }
        return CentrifugoCall {
            throw CentrifugoError.notAvailable("\(name) is a real-time method; name a Centrifugo that has it as centrifugo.upstream")
        }
    }

    private func call<Method: CentrifugoMethod>(
        _ method: Method.Type, _ parameters: [UInt8], _ record: String?
    ) throws -> CentrifugoCall {
        var parts = parts
        parts.record = record
        return CentrifugoCall(try GoJSON.decode(method, parameters, raw: Method.rawPaths), parts, said: parameters)
    }

    /// Carries a call out; trouble that clients can't mend is in the log.
    func result(of call: CentrifugoCall, _ name: String) async -> Result<[UInt8], CentrifugoError> {
        do {
            return .success(try await call.run())
        } catch {
            let said = CentrifugoError(error)
            if CentrifugoError.isTrouble(error) {
                logger.error("A method failed", metadata: ["method": "\(name)", "error": "\(error)"])
            } else {
                logger.debug("A method was refused", metadata: ["method": "\(name)", "problem": "\(said.problem)"])
            }
            return .failure(said)
        }
    }

    /// Clients ask for it to see whether anybody is there.
    private static let info = Array(#"{"nodes":[{"uid":"herald","name":"herald","version":"herald"}]}"#.utf8)
}
