import Foundation
import PushSender
import PushStorage
import WebPush

/// Fills a database with devices before a server works with it.
enum StoredDevices {
    enum Sort { case apns, fcm, webPush }

    /// - Returns: the id of one of them.
    @discardableResult
    static func make(_ count: Int, _ sort: Sort, in data: URL, postgres: PostgresSettings? = nil) async throws -> DeviceID {
        try FileManager.default.createDirectory(at: data, withIntermediateDirectories: true)
        let devices = SQLDeviceStore(
            try postgres.map { try OpenDatabase(postgres: $0) } ?? OpenDatabase(sqlite: data.appending(path: "herald.sqlite")))
        let keys = UserAgentKey().keys
        return try await withThrowingTaskGroup(of: DeviceID.self) { group in
            for index in 0..<count {
                if index >= 512 { _ = try await group.next() }
                group.addTask {
                    var random = SystemRandomNumberGenerator()
                    return try await devices.register(
                        DeviceRegistration(app: .default, provider: sort.provider, token: sort.token(index, keys)),
                        newID: DeviceID(now: Date(), random: &random), now: Date()
                    ).device.id
                }
            }
            return try await group.reduce(DeviceID(rawValue: "")) { $1 }
        }
    }

    /// 64 hex digits, another for each index.
    static func apnsToken(_ index: Int) -> String {
        String(repeating: "0123456789abcdef", count: 3) + String(format: "%016x", index)
    }
}

extension StoredDevices.Sort {
    fileprivate var provider: ProviderName {
        switch self {
        case .apns: .apns
        case .fcm: .fcm
        case .webPush: .webPush
        }
    }

    fileprivate func token(_ index: Int, _ keys: SubscriptionKeys) -> Token {
        switch self {
        case .apns: Token(address: StoredDevices.apnsToken(index), environment: .production)
        case .fcm:
            Token(address: "c\(String(format: "%021x", index)):APA91b" + String(repeating: "x", count: 134))
        case .webPush:
            Token(address: "https://localhost:\(Nghttpd.port)\(Nghttpd.path)?\(index)", keys: keys.p256dh + keys.auth)
        }
    }
}
