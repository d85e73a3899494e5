fn main() {
    obs::event!("");
}
