import Crypto
import PushSender

/// `apns-id`: the same for every repeat of a push to a device, so that a duplicate can be told as one.
struct APNsMessageID: Sendable {
    private let prefix: [UInt8]

    init(_ push: PushID) { prefix = Array(push.rawValue.utf8) + [0] }

    /// A UUID of version 8 (RFC 9562 §5.8), the beginning of a digest.
    func text(for device: DeviceID) -> String {
        let digest = SHA256.hash(data: prefix + Array(device.rawValue.utf8))
        return digest.withUnsafeBytes { digest in
            String(unsafeUninitializedCapacity: 36) { text in
                var position = 0
                for index in 0..<16 {
                    if index == 4 || index == 6 || index == 8 || index == 10 {
                        text[position] = UInt8(ascii: "-")
                        position += 1
                    }
                    var byte = digest[index]
                    if index == 6 { byte = byte & 0x0F | 0x80 }
                    if index == 8 { byte = byte & 0x3F | 0x80 }
                    text[position] = hexDigit(byte >> 4)
                    text[position + 1] = hexDigit(byte & 0x0F)
                    position += 2
                }
                return position
            }
        }
    }
}

private func hexDigit(_ value: UInt8) -> UInt8 { value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10 }
