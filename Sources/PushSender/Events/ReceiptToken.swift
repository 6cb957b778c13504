/// What a receipt's link says, in as few bytes as may be: it travels in every notification, where every byte counts. Sealed by whoever
/// makes links.
///
/// One byte of form, then provider, push and device: UUIDs as their 16 bytes, other texts behind a byte with their length.
public struct ReceiptToken: Sendable, Hashable {
    public let push: PushID
    public let device: DeviceID
    public let provider: ProviderName

    public init(push: PushID, device: DeviceID, provider: ProviderName) {
        self.push = push
        self.device = device
        self.provider = provider
    }

    /// Nil for a name of more than 255 bytes.
    public var bytes: [UInt8]? {
        guard let provider = PackedName(text: provider.rawValue), let push = PackedName.shortest(push.rawValue),
            let device = PackedName.shortest(device.rawValue)
        else { return nil }
        return [(push.isUUID ? 1 : 0) | (device.isUUID ? 2 : 0)] + provider.bytes + push.bytes + device.bytes
    }

    /// Nil unless ``bytes`` made it.
    public init?(bytes: some Collection<UInt8>) {
        var rest = Array(bytes)[...]
        guard let form = rest.popFirst(), form <= 3, let provider = PackedName.take(from: &rest, isUUID: false),
            let push = PackedName.take(from: &rest, isUUID: form & 1 != 0),
            let device = PackedName.take(from: &rest, isUUID: form & 2 != 0), rest.isEmpty
        else { return nil }
        self.init(
            push: PushID(rawValue: push), device: DeviceID(rawValue: device), provider: ProviderName(rawValue: provider))
    }
}

/// A name as bytes.
private struct PackedName {
    let bytes: [UInt8]
    let isUUID: Bool

    private init(uuid: [UInt8]) { (bytes, isUUID) = (uuid, true) }

    init?(text: String) {
        let utf8 = Array(text.utf8)
        guard let length = UInt8(exactly: utf8.count) else { return nil }
        (bytes, isUUID) = ([length] + utf8, false)
    }

    static func shortest(_ name: String) -> PackedName? { uuid(name).map(PackedName.init(uuid:)) ?? PackedName(text: name) }

    static func take(from bytes: inout ArraySlice<UInt8>, isUUID: Bool) -> String? {
        guard !isUUID else { return take(16, from: &bytes).map(dashed) }
        return bytes.popFirst().flatMap { take(Int($0), from: &bytes) }.flatMap { String(validating: $0, as: UTF8.self) }
    }

    private static func take(_ count: Int, from bytes: inout ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        guard bytes.count >= count else { return nil }
        defer { bytes.removeFirst(count) }
        return bytes.prefix(count)
    }

    /// Only the spelling that comes back: lower case, dashes where they belong.
    private static func uuid(_ name: String) -> [UInt8]? {
        let hex = name.utf8.filter { $0 != UInt8(ascii: "-") }.compactMap(digit)
        guard hex.count == 32 else { return nil }
        let bytes = stride(from: 0, to: 32, by: 2).map { hex[$0] << 4 | hex[$0 + 1] }
        return dashed(bytes[...]) == name ? bytes : nil
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        default: nil
        }
    }

    private static func dashed(_ bytes: ArraySlice<UInt8>) -> String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        for (index, byte) in bytes.enumerated() {
            if [4, 6, 8, 10].contains(index) { text.append(UInt8(ascii: "-")) }
            text += [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
        }
        return String(decoding: text, as: UTF8.self)
    }
}
