import Testing

@testable import PushServer

@Suite struct JSONMembersTests {
    @Test(arguments: ["{}", " {\n } ", #"{ "a" : 1.50 ,"b":[ 1, {"c":"}"} ] }"#, #"{"a":1,"a":2}"#, #"{"caf\u00e9":null}"#])
    func whatIsNotChangedIsTheSameToTheByte(_ text: String) throws {
        var members = try #require(JSONMembers(text))
        members.fill("a", nil)
        members["x"] = nil
        members.change("y") { _ in }
        #expect(members.text == text && members.mapValues { $0 }.text == text)
    }

    @Test(arguments: ["", "7", "[]", "null", #""{}""#, "{", #"{"a"}"#, #"{"a":}"#, "{}{}"])
    func whatIsNoObjectIsNone(_ text: String) { #expect(JSONMembers(text) == nil) }

    @Test func oneMemberChangesAndTheOthersStay() throws {
        var members = try #require(JSONMembers(#"{"a": 1.50, "b": {"c": [ 1 ]}, "d":null}"#))
        members["a"] = "2"
        members.fill("b", "3")
        members.change("b") { $0["e"] = "4" }
        members.change("d") { $0["f"] = "5" }
        #expect(members.text == #"{"a":2,"b":{"c":[ 1 ],"e":4},"d":{"f":5}}"#)
    }

    @Test func ofSeveralWithOneNameTheLastCounts() throws {
        var members = try #require(JSONMembers(#"{"a":1,"a":2}"#))
        #expect(members["a"] == "2" && members["b"] == nil)
        members["a"] = "3"
        #expect(members.text == #"{"a":1,"a":3}"#)
    }

    @Test func textsBecomeJSON() { #expect(JSONMembers.string("a\"/\n") == #""a\"/\n""#) }
}
