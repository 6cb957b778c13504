import Crypto
import PushSender
import PushService

/// The links by which devices say what became of a push: whoever has one may use it, and nobody else can make or read one.
struct ReceiptLinks: Sendable {
    private let origin: String
    private let sealer: CapabilitySealer

    /// - Parameters:
    ///   - origin: where devices reach this server.
    ///   - endpointKeys: the server's keys for capabilities, from which ours are drawn: a key serves one purpose only.
    init(origin: String, endpointKeys: [[UInt8]]) throws {
        self.origin = origin
        sealer = try CapabilitySealer(
            keys: endpointKeys.map { key in
                HKDF<SHA256>.deriveKey(
                    inputKeyMaterial: SymmetricKey(data: key), info: Array("herald receipts".utf8),
                    outputByteCount: CapabilitySealer.keyBytes
                ).withUnsafeBytes { Array($0) }
            })
    }

    /// The link for one device of a push: about 130 bytes behind the origin. Nil for a device with a name of more than 255 bytes.
    func url(push: PushID, device: DeviceID, provider: ProviderName) -> String? {
        ReceiptToken(push: push, device: device, provider: provider).bytes
            .map { "\(origin)/v1/receipts/\(sealer.seal($0, for: .receipt))" }
    }

    /// What the last part of a link says; nil unless this server made it.
    func receipt(token: some StringProtocol) -> ReceiptToken? {
        sealer.open(token, for: .receipt).flatMap { ReceiptToken(bytes: $0) }
    }
}

extension CapabilitySealer.Purpose {
    fileprivate static let receipt = Self("receipt")
}
