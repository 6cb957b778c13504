import JSON

/// The link by which a device says what became of a push; nil when none can be made.
public typealias ReceiptLink = @Sendable (PushID, DeviceID, ProviderName) -> String?

/// Makes pushes ready to be sent: those with personal texts or receipts too.
struct Preparation: Sendable {
    let renderer: (any WordingRenderer)?
    let receiptLink: ReceiptLink?

    func prepare(_ push: Push, _ provider: any PushProvider, _ lane: Lane) -> any PreparedPush {
        guard push.options.wording != nil || push.options.wantsReceipts else { return provider.prepare(push, lane: lane) }
        return PersonalPush(
            push, lane: lane, provider: provider, renderer: renderer,
            ownData: push.options.wantsReceipts ? links(push.id, lane.provider) : nil)
    }

    private func links(_ push: PushID, _ provider: ProviderName) -> (@Sendable (Recipient) -> [String: JSONValue])? {
        guard let receiptLink else { return nil }
        return { recipient in
            guard let link = receiptLink(push, recipient.device, provider) else { return [:] }
            return [Self.receiptMember: .string(link)]
        }
    }

    /// What devices find the link by in a notification's data.
    private static let receiptMember = "herald_receipt"
}
