fn main() {
    obs::event!("retry", attempt);
}
