import Foundation
import JSON
import PushSender
import PushTemplates
import Testing

private typealias Notification = PushSender.Notification

/// In which words a push is accepted, and what a device gets of them.
struct WordingTests {
    private let rules = WordingRules(renderer: MustacheRenderer())

    private func stored(_ notification: Notification, locales: [String: Notification] = [:]) -> StoredTemplate {
        let template = Template(variables: TemplateCheckTests.variables, notification: notification, locales: locales)
        return StoredTemplate(name: "welcome", template: template, createdAt: .distantPast, updatedAt: .distantPast)
    }

    private func somebody(locale: String = "", user: String? = nil, _ attributes: [String: JSONValue] = [:]) -> RecipientProfile {
        var device = DeviceProfile()
        device.locale = locale
        return RecipientProfile(device: device, user: user, userAttributes: attributes)
    }

    private func problem(_ request: WordingRequest) -> PushProblem? {
        do throws(PushProblem) {
            _ = try rules.accept(request)
            return nil
        } catch {
            return error
        }
    }

    @Test func aPlainNotificationIsNeverRead() throws {
        let notification = Notification(title: "{{ {{name}} {{#", body: "{{user.id}}")
        let accepted = try rules.accept(WordingRequest(notification: notification))
        #expect(accepted.notification == notification && accepted.wording == nil && accepted.drafts == [notification])

        let local = try rules.accept(WordingRequest(notification: notification, locales: ["de": Notification(title: "{{hallo}}")]))
        #expect(local.wording?.variables == nil)
        #expect(local.drafts.map(\.title) == ["{{ {{name}} {{#", "{{hallo}}"])
    }

    @Test func whatIsTheSameForAllIsSaidOnce() throws {
        let accepted = try rules.accept(
            WordingRequest(template: stored(Notification(title: "Hi {{name}}, {{count}} new")), variables: ["name": .string("Ann")]))
        #expect(accepted.notification == Notification(title: "Hi Ann, 1 new"))
        #expect(accepted.wording == nil)
    }

    @Test func aTemplateIsKeptAsItWasAccepted() throws {
        let template = Notification(title: "Hi {{name}} on {{device.platform}}")
        let accepted = try rules.accept(WordingRequest(template: stored(template), variables: ["name": .string("{{user.id}}")]))
        #expect(accepted.notification == template)
        #expect(accepted.wording?.variables?["name"] == .string("{{user.id}}"))
        #expect(accepted.wording?.variables?["count"] == .integer(1))
        #expect(accepted.drafts == [Notification(title: "Hi {{user.id}} on ")])
    }

    @Test(arguments: [
        ("variables.name", [:]), ("variables.nam", ["name": .string("x"), "nam": .string("y")]), ("variables.name", ["name": .integer(1)]),
        ("variables.name", ["name": .null]), ("variables.count", ["name": .string("x"), "count": .string("1")]),
        ("variables.items", ["name": .string("x"), "items": .array([.bool(true)])]),
        ("variables.items", ["name": .string("x"), "items": .array(Array(repeating: .string(""), count: 65))]),
        ("variables.name", ["name": .string(String(repeating: "x", count: 4097))]),
    ] as [(String, [String: JSONValue])])
    func variablesAreCheckedByName(_ field: String, _ variables: [String: JSONValue]) {
        #expect(problem(WordingRequest(template: stored(Notification(title: "{{name}}")), variables: variables))?.field == field)
    }

    @Test func whatGoesTogetherIsChecked() {
        let template = stored(Notification(title: "x"))
        #expect(problem(WordingRequest(notification: Notification(title: "x"), variables: ["a": .integer(1)]))?.field == "variables")
        #expect(problem(WordingRequest(template: template, isPersonal: true))?.field == "personal")
        #expect(problem(WordingRequest(template: template, locales: ["de": Notification(title: "x")]))?.field == "locales")
        #expect(problem(WordingRequest(notification: Notification(title: "{{a}}"), isPersonal: true))?.field == "notification.title")
        let nothing = WordingRequest(notification: Notification(title: "x"), isPersonal: true, variables: ["a": .null])
        #expect(problem(nothing)?.field == "variables.a")
    }

    @Test func textsOfItsOwnMayBePersonal() throws {
        let request = WordingRequest(
            notification: Notification(title: "{{greeting}} {{user.first_name}}{{^user.first_name}}you{{/user.first_name}}"),
            isPersonal: true, variables: ["greeting": .string("Hi")], locales: ["de": Notification(title: "Hallo {{user.first_name}}")])
        #expect(try rules.preview(request, for: somebody()).title == "Hi you")
        #expect(try rules.preview(request, for: somebody(user: "ann", ["first_name": .string("Ann")])).title == "Hi Ann")
        #expect(
            try rules.preview(request, for: somebody(locale: "de_AT", user: "ann", ["first_name": .string("Ann")])).title == "Hallo Ann")
    }

    @Test func whatIsSaidBesideATemplateWinsAsItIs() throws {
        var beside = Notification(title: "{{plain}}")
        beside.badge = 3
        let request = WordingRequest(
            template: stored(
                Notification(title: "{{user.id}}", body: "{{user.id}}"), locales: ["de": Notification(title: "{{name}}")]),
            notification: beside, variables: ["name": .string("Ann")])
        let german = try rules.preview(request, for: somebody(locale: "de", user: "u1"))
        #expect(german.title == "{{plain}}")
        #expect(german.body == "u1")
        #expect(german.badge == 3)
    }

    @Test func aTextWhoseGapsStayEmptyIsLeftOut() throws {
        let request = WordingRequest(
            notification: Notification(title: "Hi", body: "{{user.note}}", url: "{{user.homepage}}"), isPersonal: true)
        #expect(try rules.preview(request, for: somebody()) == Notification(title: "Hi"))
    }

    @Test func gapsAfterAnEmptyOneKeepTheirPlace() throws {
        let request = WordingRequest(
            notification: Notification(title: "{{none}}", body: "{{user.id}}", url: "/{{more}}"), isPersonal: true,
            variables: ["none": .string(""), "more": .string("m")])
        #expect(try rules.preview(request, for: somebody(user: "u")) == Notification(body: "u", url: "/m"))
    }

    @Test func aUsersIdIsNotTheUsersToChoose() throws {
        let request = WordingRequest(notification: Notification(title: "{{user.id}}"), isPersonal: true)
        #expect(try rules.preview(request, for: somebody(user: "ann", ["id": .string("root")])).title == "ann")
    }
}
