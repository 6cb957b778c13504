import PushSender
import Testing

@Suite struct ReceiptTokenTests {
    private static let uuid = "01890a5d-ac96-774b-bcce-b302099a8057"

    private func token(_ push: String, _ device: String) -> ReceiptToken {
        ReceiptToken(push: PushID(rawValue: push), device: DeviceID(rawValue: device), provider: .apns)
    }

    @Test(arguments: [
        (uuid, uuid), (uuid, "token:3"), ("p", "d"), ("", ""), ("p", uuid.uppercased()), (uuid, "01890a5dac96774bbcceb302099a8057"),
        ("p", "Gerät \u{0}"), ("p", String(repeating: "x", count: 255)),
    ])
    func whatGoesInComesOut(_ push: String, _ device: String) throws {
        let token = token(push, device)
        let bytes = try #require(token.bytes)
        #expect(ReceiptToken(bytes: bytes) == token)
        for count in 0..<bytes.count { #expect(ReceiptToken(bytes: bytes.prefix(count)) == nil, "a part is nothing") }
        #expect(ReceiptToken(bytes: bytes + [0]) == nil)
    }

    @Test func ourOwnNamesTakeFewBytes() { #expect(token(Self.uuid, Self.uuid).bytes?.count == 38) }

    @Test func aNameThatIsTooLongHasNoToken() { #expect(token("p", String(repeating: "x", count: 256)).bytes == nil) }
}
